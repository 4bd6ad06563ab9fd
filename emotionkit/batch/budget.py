"""How much of the night a run may take: until when, and how much of how many cores."""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass
from math import ceil

from emotionkit.errors import InvalidInputError

_FORM = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>s|min|h|%)")
_SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0}


@dataclass(frozen=True, slots=True)
class Budget:
    """What a run may use.

    Attributes:
        seconds: Wall time after which nothing new is begun; None for no limit.
        share: Share of the machine's cores, above 0 up to 1.
    """

    seconds: float | None = None
    share: float = 1.0

    @classmethod
    def parsed(cls, text: str) -> Budget:
        """Return the budget that a text such as ``600s``, ``90min``, ``2h`` or ``50%`` means.

        Raises:
            InvalidInputError: It means none.

        >>> Budget.parsed("90min")
        Budget(seconds=5400.0, share=1.0)
        >>> Budget.parsed("50%").share
        0.5
        """
        form = _FORM.fullmatch(text.strip())
        value = float(form["number"]) if form else 0.0
        if form is None or value <= 0 or (form["unit"] == "%" and value > 100):
            raise InvalidInputError(
                f"A budget is a time such as 600s, 90min or 2h, or a share up to 100%, not {text!r}."
            )
        return cls(share=value / 100) if form["unit"] == "%" else cls(seconds=value * _SECONDS[form["unit"]])

    def workers(self, wanted: int) -> int:
        """Return how many workers of one core each may be had, at least one."""
        return max(1, min(wanted, ceil(self.share * _cores())))

    def share_of_worker(self, workers: int) -> float:
        """Return the share of its core that each of some workers may use."""
        return min(1.0, self.share * _cores() / workers)

    def deadline(self) -> float | None:
        """Return when by ``time.time()`` the budget ends if it begins now."""
        return None if self.seconds is None else time.time() + self.seconds


def _cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1

"""Where Dask is: at a scheduler's address, or on this machine."""

from __future__ import annotations

import re
from dataclasses import dataclass

from emotionkit.errors import InvalidInputError, quoted

_LOCAL = re.compile(r"local:(?P<workers>[1-9]\d{0,3})")
_SCHEDULER = re.compile(r"(?:tcp|tls)://(?:[\w.-]+|\[[\da-fA-F:]+\]):\d{1,5}")


@dataclass(frozen=True, slots=True)
class DaskAddress:
    """Where Dask is.

    Attributes:
        text: The address as it was given.
        local_workers: How many workers to start on this machine; None where a scheduler runs already.
    """

    text: str
    local_workers: int | None = None

    @classmethod
    def parsed(cls, text: str) -> DaskAddress:
        """Return the address that a text such as ``tcp://scheduler:8786`` or ``local:4`` means.

        Raises:
            InvalidInputError: It means none.

        >>> DaskAddress.parsed("local:4").local_workers
        4
        """
        text = text.strip()
        if local := _LOCAL.fullmatch(text):
            return cls(text, int(local["workers"]))
        if not _SCHEDULER.fullmatch(text):
            raise InvalidInputError(
                f"Dask is at tcp://HOST:PORT, tls://HOST:PORT or, with N workers here, local:N, not at {quoted(text)}"
            )
        return cls(text)

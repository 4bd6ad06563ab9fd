"""The workers of a Dask cluster: reaching them, however often the scheduler goes, and telling who can do the work."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import Any

from distributed import CancelledError, Client, Security

from emotionkit.batch.dask_task import Stamp, stamp
from emotionkit.errors import ClusterError

_LOOK_EVERY_S = 2.0
_ANSWER_WITHIN_S = 10.0

OnNotice = Callable[[str], None]
"""Called with a sentence about the cluster that an administrator should read."""

LOST = (OSError, TimeoutError, CancelledError)
"""What talking to a scheduler that is gone comes to."""


class Crew:
    """A client of a scheduler, and those of its workers that have the same emotionkit and the same model.

    Attributes:
        client: The client; another one after :meth:`reconnect`.
        fit: Addresses of the workers that can be used.
    """

    def __init__(self, address: str, expected: Stamp, on_notice: OnNotice) -> None:
        self._address, self._expected, self._on_notice = address, expected, on_notice
        self.client: Client
        self.fit: frozenset[str] = frozenset()
        self._unfit: dict[str, str] = {}
        self._looked = float("-inf")
        self._had_some = time.monotonic()

    def connect(self, patience_s: float) -> None:
        """Reach the scheduler, which must be there, and wait for a worker that can be used.

        Raises:
            ClusterError: There was none in time.
        """
        self._open(0)
        self._find_one(patience_s)

    def _find_one(self, patience_s: float) -> None:
        self._had_some = time.monotonic()
        try:
            self.wait_for_one(patience_s)
        except BaseException:
            self.close()
            raise

    def wait_for_one(self, patience_s: float) -> None:
        """Wait until there is a worker that can be used.

        Raises:
            ClusterError: There was none in time.
        """
        self.look(patience_s)
        while not self.fit:
            time.sleep(0.1)
            self.look(patience_s)

    def reconnect(self, patience_s: float) -> None:
        """Reach the scheduler again after it was lost; what it was given is forgotten.

        Raises:
            ClusterError: It did not come back in time, or no worker did.
        """
        self._on_notice(f"Lost the Dask scheduler at {self._address}; waiting for it for {patience_s:.0f} s.")
        self.close()
        self._open(patience_s)
        self._find_one(patience_s)

    def close(self) -> None:
        """Let go of the scheduler."""
        with contextlib.suppress(*LOST):
            self.client.close(timeout=_ANSWER_WITHIN_S)

    @property
    def is_connected(self) -> bool:
        """Whether the scheduler is there."""
        return bool(self.client.status == "running")

    @property
    def restriction(self) -> list[str] | None:
        """The workers that tasks must go to; None for any."""
        return sorted(self.fit) if self._unfit else None

    def refuse(self, worker: str, reason: str) -> None:
        """Give a worker no tasks from now on."""
        if worker not in self._unfit:
            self._unfit[worker] = reason
            self._on_notice(f"The Dask worker {worker} is left out: it {reason}")
        self.fit -= {worker}

    def look(self, patience_s: float) -> None:
        """See every few seconds who is there.

        Raises:
            ClusterError: For longer than ``patience_s`` there has been nobody who can do the work.
        """
        now = time.monotonic()
        if now - self._looked >= _LOOK_EVERY_S or not self.fit:
            self._looked = now
            with contextlib.suppress(*LOST):
                self._look_over()
        if self.fit:
            self._had_some = now
        elif now - self._had_some > patience_s:
            reasons = "; ".join(sorted({f"one {reason.rstrip('.')}" for reason in self._unfit.values()}))
            raise ClusterError(self._address, f"has no worker that can be used{': ' + reasons if reasons else ''}.")

    def _look_over(self) -> None:
        there = frozenset(self.client.nthreads())
        self._unfit = {worker: reason for worker, reason in self._unfit.items() if worker in there}
        newcomers = there - self.fit - self._unfit.keys()
        self.fit &= there
        if newcomers:
            answers: dict[str, Any] = self.client.run(stamp, workers=sorted(newcomers), on_error="return")
            for worker, answer in answers.items():
                if difference := self._difference(answer):
                    self.refuse(worker, difference)
                else:
                    self.fit |= {worker}

    def _difference(self, answer: Any) -> str | None:
        if isinstance(answer, BaseException):
            return f"cannot work: {type(answer).__name__}: {answer}"
        return self._expected.difference(Stamp(*answer))

    def _open(self, patience_s: float) -> None:
        deadline = time.monotonic() + patience_s
        self._check_encryption()
        self.fit, self._unfit = frozenset(), {}
        while True:
            try:
                self.client = Client(self._address, timeout=_ANSWER_WITHIN_S, set_as_default=False)
            except (OSError, ValueError) as error:
                if time.monotonic() >= deadline:
                    raise ClusterError(self._address, f"cannot be reached: {_first_line(error)}") from error
                time.sleep(0.5)
            else:
                return

    def _check_encryption(self) -> None:
        """Find out before Dask's client does, which would take half a minute to say it at length."""
        try:
            security = Security()
            context = security.get_connection_args("client").get("ssl_context")
        except (OSError, ValueError) as error:
            raise ClusterError(self._address, f"needs certificates that cannot be read: {error}.") from error
        if self._address.startswith("tls:") and context is None:
            raise ClusterError(
                self._address, "needs certificates: set DASK_DISTRIBUTED__COMM__TLS__CA_FILE and others."
            )
        if not self._address.startswith("tls:") and security.require_encryption:
            raise ClusterError(self._address, "is not encrypted, which Dask's configuration asks for.")


def _first_line(error: BaseException) -> str:
    line = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return line if line.endswith(".") else f"{line}."

"""Native code at arm's length: decoders and detectors run in a child process, which may crash or hang alone.

A child does one thing at a time and is used again for the next. It is begun anew after a crash, or after it had to be
ended because it was silent for too long; what it was at is then reported as the recording's fault. What it sends back
is data of a few known types, never code: a decoder that was taken over gets no further than its own process.
"""

from __future__ import annotations

import logging
import pickle
import signal
import threading
from collections.abc import Callable
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Any, Self, TypeVar

from emotionkit.batch.confined_child import BUG, DONE, ERROR, LOG, MEMORY, NOTE, READY, serve
from emotionkit.batch.confined_data import loads_data
from emotionkit.batch.confined_orders import PROGRESS_S, Confines, Ended, Note, Order
from emotionkit.batch.forking import start
from emotionkit.errors import EmotionkitError, Limit

_DEAF_S = 2.0
"""Seconds between two times of listening from which nobody listened: this process was stopped, or busy."""

LARGEST_ANSWER = 256 << 20
_END_S = 5.0

_Answer = TypeVar("_Answer")


class Child:
    """A child process with the orders that it was given."""

    def __init__(self, confines: Confines | None = None) -> None:
        """Begin it; it loads what it needs meanwhile."""
        self._confines = confines or Confines()
        self.orders: list[Order] = []
        self._tries = 0
        self._begin()

    @property
    def connection(self) -> Connection:
        """What can be waited for."""
        return self._connection

    @property
    def is_ready(self) -> bool:
        """Whether it has loaded what it needs, and works on its orders."""
        return self._is_ready

    def give(self, order: Order) -> None:
        """Give it something to do after what it has."""
        self.orders.append(order)
        if len(self.orders) == 1:
            self._begun_at = self._heard_at = self._listened_at = monotonic()
        self._send(order)

    def hear(self) -> Note | Ended | None:
        """Return the next thing that it sent, or what can be told of its end; None if that is nothing to act on.

        Call it when ``connection`` can be read, and now and then besides, to notice that it hangs.
        """
        self._forgive_deafness()
        if not self._connection.poll():
            return self._overdue()
        try:
            kind, value = loads_data(self._connection.recv_bytes(LARGEST_ANSWER))
        except (EOFError, OSError):
            return self._crashed()
        except pickle.UnpicklingError:
            return self._ended_by_force(Limit.CRASHED, "made the process that read it send nonsense.")
        self._heard_at = monotonic()
        if kind in {READY, LOG}:
            self._is_ready = True
            if kind == LOG:
                name, level, message = value
                logging.getLogger(str(name)).log(int(level), "%s", message)
            return None
        if kind == NOTE:
            return self._overdue() or (Note(self.orders[0], value) if self.orders else None)
        return self._finished(kind, value)

    def stop(self) -> None:
        """Tell it to end; one that is at work tidies up."""
        self._connection.close()
        if self.orders:
            self._process.terminate()

    def end(self, patience_s: float = _END_S) -> None:
        """Wait for its end, not for long."""
        self.stop()
        self._process.join(patience_s)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()

    def _finished(self, kind: str, value: Any) -> Ended:
        order = self.orders.pop(0)
        self._tries = 0
        self._begun_at = monotonic()
        if kind == DONE:
            return Ended(order, value)
        if kind == ERROR and isinstance(value, EmotionkitError):
            return Ended(order, error=value)
        if kind == MEMORY:
            room = f"{self._confines.memory_bytes / 2**30:.1f} GiB"
            return order.failed(Limit.MEMORY, f"needs more than {room} of memory to be read.")
        raise RuntimeError(f"A fault of the program in a child process:\n{value if kind == BUG else kind}")

    def _forgive_deafness(self) -> None:
        """Leave out time in which nobody listened: whoever is stopped with all children (Ctrl-Z) hears nothing."""
        deaf_s = monotonic() - self._listened_at
        if deaf_s > _DEAF_S:
            self._begun_at += deaf_s
            self._heard_at += deaf_s
        self._listened_at += deaf_s

    def _overdue(self) -> Ended | None:
        if not self.orders:
            return None
        now, longest = monotonic(), self.orders[0].longest_s
        if now - self._heard_at > self._confines.silence_s:
            return self._ended_by_force(
                Limit.HUNG, f"made the process that read it hang: nothing came for {self._confines.silence_s:.0f} s."
            )
        if longest is not None and now - self._begun_at > longest:
            return self._ended_by_force(Limit.HUNG, f"is not read in reasonable time: {longest:.0f} s were not enough.")
        return None

    def _crashed(self) -> Ended | None:
        self._process.join(_END_S)
        status = self._process.exitcode or 0
        if not self._is_ready:
            raise EmotionkitError(f"No process can be started to read recordings: it ends with status {status}.")
        self._tries += 1
        if not self.orders or self._tries < self.orders[0].tries:
            self._begin_anew()
            return None
        how = signal.strsignal(-status) or f"signal {-status}" if status < 0 else f"status {status}"
        return self._ended_by_force(Limit.CRASHED, f"made the process that read it crash ({how}).")

    def _ended_by_force(self, limit: Limit, reason: str) -> Ended:
        order = self.orders.pop(0)
        self._tries = 0
        self._process.kill()
        self._process.join()
        self._begin_anew()
        return order.failed(limit, reason)

    def _begin_anew(self) -> None:
        self._connection.close()
        self._begin()
        for order in self.orders:
            self._send(order)

    def _begin(self) -> None:
        self._connection, theirs = Pipe()
        try:
            with theirs:
                self._process = start(serve, theirs, self._confines.memory_bytes)
        except (OSError, EOFError) as error:
            why = getattr(error, "strerror", None) or error
            raise EmotionkitError(f"No process can be started to read recordings ({why}).") from error
        self._is_ready = False
        self._begun_at = self._heard_at = self._listened_at = monotonic()

    def _send(self, order: Order) -> None:
        try:
            self._connection.send_bytes(pickle.dumps((order.function, order.arguments, order.notes_apart_s)))
        except OSError:
            # It has crashed; hearing of that, one gives its orders to the next.
            logging.getLogger(__name__).debug("A child process is gone.")


class Confined:
    """A child for one thing at a time, waited for; begun when it is first needed."""

    def __init__(self, confines: Confines | None = None) -> None:
        self._confines = confines
        self._child: Child | None = None
        self._one_at_a_time = threading.Lock()

    def __enter__(self) -> Self:
        """Begin the child, so that it loads what it needs meanwhile."""
        self._child = self._child or Child(self._confines)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the child."""
        self.end()

    def end(self) -> None:
        """End the child, whose memory is free then; another is begun if there is more to do after all."""
        if self._child:
            self._child.end()
        self._child = None

    def call(
        self,
        recording: Path,
        function: Callable[..., _Answer],
        *arguments: object,
        on_note: Callable[[Any], None] | None = None,
        longest_s: float | None = None,
    ) -> _Answer:
        """Return what a function returns in the child.

        Args:
            recording: Whose fault it is if that goes wrong.
            function: Of a module.
            arguments: What it is called with; with ``on_note``, it also gets a function that sends notes.
            on_note: Called with notes as they come.
            longest_s: Seconds that it may take; None for no limit but that on silence.

        Raises:
            EmotionkitError: The function raised it.
            UnsafeRecordingError: It made the child crash or hang, or wanted too much.
        """
        with self._one_at_a_time:
            child = self._child = self._child or Child(self._confines)
            child.give(Order(recording, function, arguments, PROGRESS_S if on_note else None, longest_s))
            try:
                ended = _heard_out(child, on_note)
            except BaseException:
                # What it is at is wanted no more, and must not pass for the answer to what comes next.
                self._child = None
                child.end()
                raise
        if ended.error is not None:
            raise ended.error
        answer: _Answer = ended.value
        return answer


def _heard_out(child: Child, on_note: Callable[[Any], None] | None) -> Ended:
    while True:
        wait([child.connection], 1.0)
        news = child.hear()
        if isinstance(news, Note) and on_note:
            on_note(news.value)
        elif isinstance(news, Ended):
            return news

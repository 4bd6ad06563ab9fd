"""Let a source work ahead of its consumer, in a thread and by a bounded number of items."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator
from queue import Full, Queue
from typing import Generic, TypeVar

Item = TypeVar("Item")

_PATIENCE_S = 0.1
"""How often a producer that waits for room looks whether anybody still wants its items."""


def read_ahead(source: Iterator[Item], depth: int) -> Generator[Item, None, None]:
    """Yield what ``source`` yields, in order, while a thread fetches up to ``depth`` items more.

    The decoder lets go of the interpreter while it works, so that it decodes while faces are looked for. What the
    source raises is raised here, after the items before it. Closing the generator ends the thread and closes the
    source.
    """
    producer = _Producer(source, depth)
    producer.start()
    try:
        while (item := producer.next()) is not None:
            yield item.value
    finally:
        producer.stop()
    if producer.error is not None:
        raise producer.error


class _Box(Generic[Item]):
    """An item on its way; the end of the source is ``None`` instead of a box."""

    def __init__(self, value: Item) -> None:
        self.value = value


class _Producer(threading.Thread, Generic[Item]):
    def __init__(self, source: Iterator[Item], depth: int) -> None:
        super().__init__(name="emotionkit-read-ahead", daemon=True)
        self.error: BaseException | None = None
        self._source = source
        self._boxes: Queue[_Box[Item] | None] = Queue(depth)
        self._unwanted = threading.Event()

    def run(self) -> None:
        try:
            for value in self._source:
                if not self._put(_Box(value)):
                    break
        except BaseException as error:  # noqa: BLE001  handed to the consumer, whatever it is
            self.error = error
        finally:
            if isinstance(self._source, Generator):
                # In this thread: a generator cannot be closed from another while it runs.
                self._source.close()
            self._put(None)

    def next(self) -> _Box[Item] | None:
        return self._boxes.get()

    def stop(self) -> None:
        self._unwanted.set()
        self.join()

    def _put(self, box: _Box[Item] | None) -> bool:
        while not self._unwanted.is_set():
            try:
                self._boxes.put(box, timeout=_PATIENCE_S)
            except Full:
                continue
            return True
        return False

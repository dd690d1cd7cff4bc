"""What a run saves while it goes on: written in a thread beside the steps, at a pace that takes little of
their time.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress

SAVE_SECONDS = 5.0  # of work that a killed run loses at most, where an epoch is not longer
RECORD_SECONDS = 1.0  # between two tellings of the history, and as much again for each RECORD_EPOCHS that it holds
RECORD_EPOCHS = 1000
EVALUATION_SHARE = 0.1  # of the time, for tests and frames
EVALUATION_ALLOWANCE = 1.0  # seconds beside: a short run shows every epoch, and a long one its first


class Writer:
    """A thread that does what it is given, one after the other. After a failure it does nothing more; `put` and `wait`
    raise it.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._given: deque[Future[None]] = deque()
        self._failed = False

    @property
    def busy(self) -> bool:
        """Whether something is still being written."""
        return any(not given.done() for given in self._given)

    def put(self, write: Callable[[], None]) -> None:
        """Let it `write` after all that it was given before. Raises what that has raised."""
        while self._given and self._given[0].done():
            self._given.popleft().result()
        self._given.append(self._pool.submit(self._do, write))

    def wait(self) -> None:
        """Until all is written. Raises what one of them has raised; then it may be given more."""
        try:
            while self._given:
                self._given.popleft().result()
        finally:
            self.settle()

    def settle(self) -> None:
        """The same, but raises nothing."""
        while self._given:
            with suppress(Exception):
                self._given.popleft().result()
        self._failed = False

    def _do(self, write: Callable[[], None]) -> None:
        if self._failed:
            return
        try:
            write()
        except BaseException:
            self._failed = True
            raise


class Pace:
    """Says when work beside the steps is due: as long as it takes at most EVALUATION_SHARE of the time, and
    EVALUATION_ALLOWANCE seconds beside.
    """

    def __init__(self) -> None:
        self._start = time.perf_counter()
        self._spent = self._last = 0.0

    @property
    def due(self) -> bool:
        """Whether there is time for it, if it takes as long as it last did."""
        elapsed = time.perf_counter() - self._start
        return self._spent + self._last <= EVALUATION_ALLOWANCE + EVALUATION_SHARE * elapsed

    @contextmanager
    def spent(self) -> Iterator[None]:
        """The time within is counted."""
        before = time.perf_counter()
        yield
        self._last = time.perf_counter() - before
        self._spent += self._last


class SaveClock:
    """Says at an epoch's end whether to save: where the next end would come more than SAVE_SECONDS after the
    last save.
    """

    def __init__(self) -> None:
        self._saved = self._closed = time.perf_counter()

    def due(self) -> bool:
        """Call it once at the end of each epoch."""
        now = time.perf_counter()
        epoch, self._closed = now - self._closed, now
        return now + epoch - self._saved >= SAVE_SECONDS

    def saved(self) -> None:
        """It was saved just now."""
        self._saved = time.perf_counter()


class RecordClock:
    """Says when to write the history for those who watch: often, but a long one takes long to write."""

    def __init__(self) -> None:
        self._recorded = time.perf_counter()

    def due(self, epochs: int) -> bool:
        """Whether a history of so many epochs is to be written now; if so, it counts as written."""
        now = time.perf_counter()
        due = now - self._recorded >= RECORD_SECONDS * (1 + epochs / RECORD_EPOCHS)
        if due:
            self._recorded = now
        return due

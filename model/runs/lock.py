"""Who may change a training run: its process for as long as it trains, everybody else for a moment and one at a time.

`lock` is held by the process that trains the run as long as it lives; `stop` asks that process to end, and stays until
it has. Whoever changes a run otherwise (begins, stops, resumes, renames, deletes it) holds the lock of all runs
meanwhile, so that what they found is still so when they write. No clock is compared: those of two machines, or of one
before and after it was set, do not agree.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from model import locks
from model.errors import RunError

LOCK, STOP, CHANGES = "lock", "stop", ".changes.lock"
CHANGE_SECONDS = 20.0  # a change takes milliseconds; who waits longer is told so
LISTENING = 0.1  # seconds between two looks for a request to stop


class StopRequest:
    """The wish that the process which holds a run may end it. It comes as KeyboardInterrupt, as Ctrl-C does, until
    `close`.
    """

    def __init__(self, folder: Path) -> None:
        self._file, self._closing, self._closed = folder / STOP, threading.Lock(), threading.Event()

    @property
    def made(self) -> bool:
        """Whether somebody has asked: an interrupt can get lost in a library, this cannot."""
        return self._file.exists()

    def close(self) -> None:
        """No interrupt comes from here on: what is left must not be cut short."""
        with self._closing:
            self._closed.set()

    def listen(self) -> None:
        """Interrupt the main thread once, as soon as somebody asks."""
        main = threading.main_thread().ident
        while not self._closed.wait(LISTENING):
            with self._closing:
                if self.made and not self._closed.is_set() and main is not None:
                    self._closed.set()
                    signal.pthread_kill(main, signal.SIGINT)


@contextmanager
def changing(runs: Path) -> Iterator[None]:
    """Change something in the folder of all runs while nobody else does. Raises RunError if somebody does for very
    long, OSError.
    """
    runs.mkdir(parents=True, exist_ok=True)
    handle = locks.take(runs / CHANGES, seconds=CHANGE_SECONDS)
    if handle is None:
        raise RunError("training.changing")
    try:
        yield
    finally:
        os.close(handle)


@contextmanager
def hold(folder: Path) -> Iterator[StopRequest]:
    """Hold the run as the process that trains it. Raises RunError if another one does, OSError."""
    with changing(folder.parent):
        given = locks.is_inherited(folder / LOCK)
        handle = occupy(folder)
        if not given:
            forget_stop(folder)  # else it was meant for this process, which was only just being started
        _sweep(folder)
    request = StopRequest(folder)
    if threading.current_thread() is threading.main_thread():
        threading.Thread(target=request.listen, name="stop", daemon=True).start()
    try:
        yield request
    finally:
        request.close()
        os.close(handle)


def occupy(folder: Path, mine: bool = True) -> int:
    """Take the run's lock within a change; an open file to close. Raises RunError while a process trains the run,
    OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handle = locks.take(folder / LOCK, mine=mine)
    if handle is None:
        raise RunError("training.held", name=folder.name)
    return handle


def forget_stop(folder: Path) -> None:
    """Let what was asked of an earlier process not end the next one. Raises OSError."""
    (folder / STOP).unlink(missing_ok=True)


def is_alive(folder: Path) -> bool:
    """Whether a process trains the run now."""
    return locks.is_held(folder / LOCK)


def _sweep(folder: Path) -> None:
    """Remove what a process that was killed had half written."""
    for path in folder.rglob(".*"):
        if path.is_file():
            path.unlink(missing_ok=True)

"""Ctrl-C, and SIGTERM alike: what a person, a launcher or the system ends a program with.

This module and what it imports are ready in a moment, so that a program can catch them before it loads PyTorch, which
takes seconds.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any, Self

STOPPED = 130  # as shells say of a program that Ctrl-C ended
LAUNCHER = "TORCHELASTIC_RUN_ID"  # in the environment of processes that torchrun has started
SIGNALS = (signal.SIGINT, signal.SIGTERM)


def is_main_process() -> bool:
    """Whether this process is the one of its run that says things: under a launcher, only the first does."""
    return os.environ.get("RANK", "0") == "0"


class Interrupts:
    """While it is entered, the signals raise KeyboardInterrupt; within `asking`, the first only asks, and the next one
    raises.
    """

    def __init__(self) -> None:
        self._before: dict[signal.Signals, Any] = {}
        self._ask: Callable[[], None] | None = None
        self._at_once: str | None = None
        self._received = False

    def __enter__(self) -> Self:
        for number in SIGNALS:  # also where a script or server that ignores them started this program
            self._before[number] = signal.signal(number, self._receive)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    @contextmanager
    def ending(self, sentence: str) -> Iterator[None]:
        """Within it the program ends at once with this sentence: imports hold on to an exception, or lose it."""
        self._at_once = sentence
        try:
            yield
        finally:
            self._at_once = None

    @contextmanager
    def asking(self, ask: Callable[[], None]) -> Iterator[None]:
        """Within it the first signal calls `ask` and lets the work go on to where it can end well."""
        self._ask = ask
        try:
            yield
        finally:
            self._ask = None

    def _receive(self, number: int, frame: FrameType | None) -> None:
        if self._at_once is not None:
            if is_main_process():
                os.write(sys.stderr.fileno(), f"\n{self._at_once}\n".encode())
            os._exit(STOPPED)
        if self._received and LAUNCHER in os.environ:
            return  # a launcher passes on what the terminal has sent already; its patience is limited anyway
        self._received = True
        if self._ask is None:
            raise KeyboardInterrupt
        ask, self._ask = self._ask, None
        ask()

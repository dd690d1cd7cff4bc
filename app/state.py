"""What one server keeps from request to request, in one object: settings, open models and data sets, caches, queues
and their locks.

A module names its part by the function that makes it, decorated with `kept`: it is made when first asked for, once,
whoever asks. The server shows the object as `app.state["explorer"]`; `renew` begins a fresh one, as a test does.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

Part = TypeVar("Part")
_ABSENT = object()


class State:
    """The parts of one server by the functions that make them."""

    def __init__(self) -> None:
        self._parts: dict[Callable[[], Any], Any] = {}
        self._making: dict[Callable[[], Any], threading.RLock] = {}
        self._lock = threading.Lock()

    def part(self, make: Callable[[], Part]) -> Part:
        """What `make` returned when it was first asked for; whoever asks meanwhile waits."""
        found = self._parts.get(make, _ABSENT)
        if found is _ABSENT:
            with self._lock:
                making = self._making.setdefault(make, threading.RLock())
            with making:
                if make not in self._parts:
                    self._parts[make] = make()
                found = self._parts[make]
        return found  # type: ignore[return-value]

    def forget(self, make: Callable[[], Any]) -> None:
        """Make this part anew when it is next asked for."""
        self._parts.pop(getattr(make, "__wrapped__", make), None)


_current = State()


def state() -> State:
    """That of this process."""
    return _current


def renew() -> State:
    """Begin with nothing kept. What still runs keeps the parts that it holds."""
    global _current
    _current = State()
    return _current


def kept(make: Callable[[], Part]) -> Callable[[], Part]:
    """The function that gives the current state's part instead of making one each time."""

    @wraps(make)
    def of_current_state() -> Part:
        return _current.part(make)

    return of_current_state

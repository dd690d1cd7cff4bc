"""The WebSockets that are open: how many of one kind each client, and each address, may hold.

Where an address holds all that it may, a browser whose cookie is older than another's takes the place of the newest
one; one that has none of them is older takes a place of whoever holds more than a few. So one person with many cookies
does not keep those out who were there before, and needs a cookie for every few places to keep out those who come after.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Coroutine
from typing import Any

from app.access.clients import Client
from app.perimeter.limits import AT_ONCE
from app.state import kept

FEW = 4  # pages or hands of one browser that nobody takes for another


class Sockets:
    """Those of one kind. Used from one event loop."""

    def __init__(self, of_client: int, of_address: int) -> None:
        self._of_client, self._of_address = of_client, of_address
        self._open: dict[str, dict[Client, list[asyncio.Task[None]]]] = {}

    def admits(self, client: Client) -> bool:
        """Whether the client may open one more; another one is closed for it, if need be."""
        theirs = self._open.get(client.address, {})
        if len(theirs.get(client, ())) >= self._of_client:
            return False
        if sum(map(len, theirs.values())) < self._of_address:
            return True
        if (last := _last(theirs, client)) is None:
            return False
        theirs[last][-1].cancel()
        self._forget(last, theirs[last][-1])
        return True

    async def hold(self, client: Client, serve: Callable[[], Coroutine[Any, Any, None]]) -> bool:
        """Serve a socket that was admitted; False if it has been closed for another's."""
        task = asyncio.create_task(serve())
        self._open.setdefault(client.address, {}).setdefault(client, []).append(task)
        try:
            await asyncio.wait((task,))
            if not task.cancelled():
                task.result()
            return not task.cancelled()
        finally:
            task.cancel()
            self._forget(client, task)

    def _forget(self, client: Client, task: asyncio.Task[None]) -> None:
        theirs = self._open.get(client.address, {})
        if task not in theirs.get(client, ()):
            return  # it was closed for another's
        theirs[client].remove(task)
        if not theirs[client]:
            del theirs[client]
        if not theirs:
            del self._open[client.address]


def _last(theirs: dict[Client, list[asyncio.Task[None]]], client: Client) -> Client | None:
    """Who gives way to the client, if anybody does."""
    newest, has_few = max(theirs, key=_made), len(theirs.get(client, ())) < FEW
    if _made(newest) > _made(client) and (has_few or len(theirs[newest]) > FEW):
        return newest
    most = max(theirs, key=lambda one: len(theirs[one]))
    return most if most != client and len(theirs[most]) > FEW and has_few else None


def _made(client: Client) -> float:
    return math.inf if client.made is None else client.made


@kept
def _sockets() -> dict[str, Sockets]:
    return {name: Sockets(*AT_ONCE[name]) for name in ("pages", "hands")}


def sockets(name: str) -> Sockets:
    """Those of a kind of `limits.AT_ONCE`."""
    return _sockets()[name]

"""One decoder for all hands: what arrives while a batch runs forms the next one, in fair parts.

A batch takes about `BATCH_SECONDS`, by what decoding has cost so far. Its places go round among the addresses, a few
latents at a time, and within an address among its clients, so that one who sends strips of 64 to the largest model
never makes another's single position wait for more than a batch or two. Who does so with many cookies makes those of
the same address wait for one latent of each, and nobody else.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

BATCH_SECONDS = 0.008  # of processor time
BATCH_MOST = 1024  # latents
TURN = 8  # latents that an address gets before the next one's turn, and a client that is alone there
FIRST_GUESS = 0.0002  # seconds for a latent of a decoder that has not run yet
FEW = 16  # so many cost hardly more than one
SHARE_OF_NEW = 0.3  # in the running mean of the cost
Floats = NDArray[np.float32]
Pixels = NDArray[np.uint8]
Decoder = Callable[[Floats], Pixels]


@dataclass(eq=False)
class _Waiting:
    decoder: Decoder
    latents: Floats
    future: asyncio.Future[Pixels]
    client: Hashable
    address: Hashable
    taken: int = 0  # latents that are in a batch or done
    parts: list[Pixels] = field(default_factory=list)

    def take(self, most: int) -> Floats:
        """The next latents, at most `most`."""
        piece = self.latents[self.taken : self.taken + most]
        self.taken += len(piece)
        return piece

    @property
    def left(self) -> int:
        """Latents that no batch has taken."""
        return 0 if self.future.done() else len(self.latents) - self.taken


Piece = tuple[_Waiting, Floats]


class DecodeBatcher:
    """Decodes for many callers with one thread.

    A decoder maps latents float32 (k, d) to images uint8 (k, 32, 32, 3). Used from one event loop.
    """

    def __init__(self) -> None:
        self._arrived: SimpleQueue[_Waiting] = SimpleQueue()
        # by address and client; the longest without a turn first
        self._waiting: dict[Hashable, dict[Hashable, deque[_Waiting]]] = {}
        self._costs: WeakKeyDictionary[Any, float] = WeakKeyDictionary()  # seconds for a latent
        self._loop = asyncio.get_running_loop()
        threading.Thread(target=self._work, name="decoder", daemon=True).start()

    async def decode(
        self, decoder: Decoder, latents: Floats, client: Hashable = None, address: Hashable = None
    ) -> Pixels:
        """Images uint8 (k, 32, 32, 3) of latents float32 (k, d)."""
        future: asyncio.Future[Pixels] = self._loop.create_future()
        self._arrived.put(_Waiting(decoder, latents, future, client, address))
        return await future

    def _work(self) -> None:
        while True:
            self._receive()
            batches = self._batches()
            for decoder in sorted(batches, key=lambda one: sum(len(piece) for _, piece in batches[one])):
                self._run(decoder, batches[decoder])

    def _receive(self) -> None:
        """Take up what has arrived; where nothing waits, wait for the first."""
        with suppress(Empty):
            while True:
                waiting = self._arrived.get(block=not self._waiting)
                clients = self._waiting.setdefault(waiting.address, {})
                clients.setdefault(waiting.client, deque()).append(waiting)

    def _batches(self) -> dict[Decoder, list[Piece]]:
        """The next batch, by decoder: turns of all addresses until its time is used up."""
        batches: dict[Decoder, list[Piece]] = {}
        seconds, size = 0.0, 0
        while self._waiting and seconds < BATCH_SECONDS and size < BATCH_MOST:
            for waiting, piece in self._turn(min(TURN, BATCH_MOST - size)):
                batches.setdefault(waiting.decoder, []).append((waiting, piece))
                seconds, size = seconds + len(piece) * self._cost(waiting.decoder), size + len(piece)
        return batches

    def _turn(self, room: int) -> Iterator[Piece]:
        """Of the address that had no turn for the longest, `room` latents of its clients; then it is the last."""
        address = next(iter(self._waiting))
        clients = self._waiting.pop(address)
        each = max(1, room // len(clients))
        while clients and room > 0:
            client = next(iter(clients))
            theirs, most = clients.pop(client), min(each, room)
            room -= most
            yield from _taken(theirs, most)
            if theirs:
                clients[client] = theirs
        if clients:
            self._waiting[address] = clients

    def _run(self, decoder: Decoder, pieces: list[Piece]) -> None:
        latents = pieces[0][1] if len(pieces) == 1 else np.concatenate([piece for _, piece in pieces])
        begun = time.thread_time()  # others' work on a busy machine does not count
        try:
            pixels: Pixels | Exception = decoder(latents)
        except Exception as error:  # whatever it is, the callers must hear of it, and the thread must live
            pixels = error
        self._learn(decoder, (time.thread_time() - begun) / max(FEW, len(latents)))
        with suppress(RuntimeError):  # the loop is closed: the server is going down
            self._loop.call_soon_threadsafe(_deliver, pieces, pixels)

    def _cost(self, decoder: Decoder) -> float:
        return self._costs.get(_owner(decoder), FIRST_GUESS)

    def _learn(self, decoder: Decoder, seconds: float) -> None:
        known = self._cost(decoder)
        self._costs[_owner(decoder)] = known + SHARE_OF_NEW * (seconds - known)


def _taken(waiting: deque[_Waiting], room: int) -> Iterator[Piece]:
    """The next latents of one client, at most `room`."""
    while waiting and room:
        if count := min(waiting[0].left, room):
            room -= count
            yield waiting[0], waiting[0].take(count)
        if not waiting[0].left:
            waiting.popleft()


def _owner(decoder: Decoder) -> Any:
    """The service of a bound method, which is another object each time it is looked up."""
    return getattr(decoder, "__self__", decoder)


def _deliver(pieces: list[Piece], pixels: Pixels | Exception) -> None:
    start = 0
    for waiting, piece in pieces:
        stop = start + len(piece)
        if not waiting.future.done():
            if isinstance(pixels, Exception):
                waiting.future.set_exception(pixels)
            else:
                waiting.parts.append(pixels[start:stop])
                if sum(map(len, waiting.parts)) == len(waiting.latents):
                    waiting.future.set_result(
                        waiting.parts[0] if len(waiting.parts) == 1 else np.concatenate(waiting.parts)
                    )
        start = stop

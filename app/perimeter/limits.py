"""What one client may ask of the server, in one table, and the buckets and places that hold it to that.

A client is a browser, or all of an address who send no cookie (`app/access/clients.py`). An address as a whole may do
`crowd` times what one client may: a campus sits behind one. Whoever stays below never notices; whoever does not is made
to wait, and told when the wait would be long.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass

from app.access.clients import Client
from app.state import kept

Key = tuple[str, str]
CLIENTS_MOST = 20_000  # whose buckets are remembered; those of the longest ago are full again


@dataclass(frozen=True)
class Rate:
    """`rate` a second after a `burst` at once."""

    rate: float
    burst: float
    crowd: float  # an address may do so many times as much


RATES = {
    "latents": Rate(1500, 3000, 40),  # to decode: a hand sends 120 a second, a strip 64 at once
    "searches": Rate(60, 240, 40),  # nearest samples in latent space
    "neighbours": Rate(8, 40, 40),  # in pixel space: 30 million products each, at worst
    "walks": Rate(10, 40, 40),  # a stop that is dragged asks for eight a second
    "pictures": Rate(40, 240, 40),  # sheets and single samples: one for each sample that the pointer passes
    "frames": Rate(10, 60, 40),  # frames of films
    "films": Rate(2, 100, 40),  # to ask for a file; how many are made says SHARES
    "passes": Rate(10, 60, 40),  # of pictures through a whole network: a brush asks for six a second
    "uploads": Rate(5, 100, 40),  # the square that is used may be moved about
    "placings": Rate(10, 40, 40),  # a hand that drags beside a second model asks for six a second
    "names": Rate(2, 60, 20),  # of axes, one for each that is named
    "codes": Rate(4, 40, 40),  # QR codes: one for each change in the dialog
    "trainings": Rate(0.5, 60, 10),  # begun or resumed
    "reruns": Rate(6, 40, 30),  # messages to Streamlit: a form that is filled in fast
}
AT_ONCE = {  # of one client, and of one address
    "pictures": (6, 200),  # as many connections as a browser opens
    "neighbours": (2, 60),
    "walks": (2, 60),
    "frames": (4, 120),
    "passes": (2, 60),
    "uploads": (2, 60),
    "placings": (2, 60),
    "pages": (16, 400),  # open Streamlit sessions
    "hands": (32, 800),  # open decoder sockets
    "turns": (1, 2),  # costly answers being made: two for all, of which nobody holds both
}
# jobs of one client in the work queue: the page's six formats may be pressed one by one
SHARES = {"film": 1, "export": 6, "estimate": 2, "reduction": 1, "fit": 2}


def _keys(client: Client) -> tuple[Key, Key]:
    return client.key, ("crowd", client.address)


class Buckets:
    """Token buckets of all clients for one rate, each as the time at which it is full again. Used from one
    event loop.
    """

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._full_at: OrderedDict[Key, float] = OrderedDict()

    def delay(self, client: Client, cost: float = 1.0) -> float:
        """How many seconds a client that takes `cost` now has to wait."""
        now = time.monotonic()
        free = now + self._rate.burst / self._rate.rate
        return max(0.0, *(full - free for full in self._after(client, cost, now)))

    def take(self, client: Client, cost: float = 1.0) -> float:
        """The same, and take it."""
        delay = self.delay(client, cost)
        for key, full in zip(_keys(client), self._after(client, cost, time.monotonic()), strict=True):
            self._full_at[key] = full
            self._full_at.move_to_end(key)
        while len(self._full_at) > CLIENTS_MOST:
            self._full_at.popitem(last=False)
        return delay

    def _after(self, client: Client, cost: float, now: float) -> list[float]:
        """When the client's bucket and its address's are full again. A burst lasts as long for a crowd: its rate and
        burst grow alike.
        """
        times = (1.0, self._rate.crowd)
        return [
            max(self._full_at.get(key, now), now) + cost / (self._rate.rate * many)
            for key, many in zip(_keys(client), times, strict=True)
        ]


class Places:
    """How many of one kind each client, and each address, holds at once. Used from one event loop."""

    def __init__(self, of_client: int, of_address: int) -> None:
        self._most = of_client, of_address
        self._held: dict[Key, int] = {}
        self._waiting: dict[Key, list[asyncio.Future[None]]] = {}

    def take(self, client: Client) -> bool:
        """Take a place; False where there is none."""
        keys = _keys(client)
        if any(self._held.get(key, 0) >= most for key, most in zip(keys, self._most, strict=True)):
            return False
        for key in keys:
            self._held[key] = self._held.get(key, 0) + 1
        return True

    def give(self, client: Client) -> None:
        """Give one back."""
        for key in _keys(client):
            self._held[key] -= 1
            if not self._held[key]:
                del self._held[key]
            for waiter in self._waiting.pop(key, []):
                if not waiter.done():
                    waiter.set_result(None)

    async def enter(self, client: Client, patience: float | None) -> bool:
        """Take a place within `patience` seconds, None for as long as it takes; False where none came free."""
        end = None if patience is None else asyncio.get_running_loop().time() + patience
        while not self.take(client):
            waiter = asyncio.get_running_loop().create_future()
            for key in _keys(client):
                self._waiting.setdefault(key, []).append(waiter)
            try:
                async with asyncio.timeout_at(end):
                    await waiter
            except TimeoutError:
                return False
        return True


@kept
def _buckets() -> dict[str, Buckets]:
    return {name: Buckets(rate) for name, rate in RATES.items()}


@kept
def _places() -> dict[str, Places]:
    return {name: Places(*most) for name, most in AT_ONCE.items()}


def buckets(name: str) -> Buckets:
    """The buckets of one of the `RATES`."""
    return _buckets()[name]


def places(name: str) -> Places:
    """The places of one of `AT_ONCE`."""
    return _places()[name]


async def pace(name: str, client: Client, cost: float = 1.0) -> None:
    """Wait for as long as it takes: whoever is too fast is slowed down, and nothing is lost."""
    if delay := buckets(name).take(client, cost):
        await asyncio.sleep(delay)

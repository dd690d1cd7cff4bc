"""What one client may ask of the server, in one table, and the buckets and places that hold it to that.

A client is a browser, or all of an address who send no cookie (`app/access/clients.py`). An address as a whole may do
`crowd` times what one client may: a campus sits behind one. Whoever stays below never notices; whoever does not is made
to wait, and told when the wait would be long.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter, OrderedDict, deque
from dataclasses import dataclass, field

from app.access.clients import Client, now
from app.perimeter.turns import Turns
from app.state import kept

Key = tuple[str, str]
ANY = math.inf  # where a fair queue stands behind: a crowd's limit would let one with many cookies keep the others out
CLIENTS_MOST = 20_000  # whose buckets are remembered; those of the longest ago are full again


@dataclass(frozen=True)
class Rate:
    """`rate` a second after a `burst` at once."""

    rate: float
    burst: float
    crowd: float  # an address may do so many times as much
    newcomers: float = 1  # and so much all of it who send no cookie, as every browser does at its first visit


RATES = {
    "latents": Rate(1500, 3000, 40),  # to decode: a hand sends 120 a second, a strip 64 at once
    "searches": Rate(60, 240, 40),  # nearest samples in latent space
    "neighbours": Rate(8, 40, 40),  # in pixel space: 30 million products each, at worst
    "walks": Rate(10, 40, 40),  # a stop that is dragged asks for eight a second
    "pictures": Rate(40, 240, 40),  # sheets and single samples: one for each sample that the pointer passes
    "frames": Rate(10, 60, 40),  # frames of films
    "films": Rate(2, 100, ANY),  # to ask for a file; how many are made says SHARES
    "passes": Rate(10, 60, 40),  # of pictures through a whole network: a brush asks for six a second
    "uploads": Rate(5, 100, ANY),  # the square that is used may be moved about
    "placings": Rate(10, 40, 40),  # a hand that drags beside a second model asks for six a second
    "health": Rate(10, 100, 40),
    "names": Rate(2, 60, 20),  # of axes, one for each that is named
    "codes": Rate(4, 40, 40),  # QR codes: one for each change in the dialog
    "lists": Rate(60, 240, 40, newcomers=40),  # cards, points, states of runs: a page reads a dozen, then two a second
    "files": Rate(100, 1000, 20, newcomers=20),  # a page has some 150; a whole class may open it at once
    "trainings": Rate(0.5, 60, ANY),  # begun or resumed
    "reruns": Rate(6, 40, 30),  # messages to Streamlit: a form that is filled in fast
}
AT_ONCE = {  # of one client, and of one address
    "pictures": (6, 200),  # as many connections as a browser opens
    "neighbours": (2, 60),
    "walks": (2, 60),
    "frames": (4, 120),
    "passes": (2, 60),
    "uploads": (2, 6),  # of eight pictures that arrive
    "placings": (2, 60),
    "pages": (16, 400),  # open Streamlit sessions
    "hands": (32, 800),  # open decoder sockets
    "brief": (2, 3),  # pages, scripts and lists being made
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
        moment = time.monotonic()
        free = moment + self._rate.burst / self._rate.rate
        return max(0.0, *(full - free for full in self._after(client, cost, moment)))

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
        times = (self._rate.newcomers if client.cookie is None else 1.0, self._rate.crowd)
        return [
            max(self._full_at.get(key, now), now) + cost / (self._rate.rate * many)
            for key, many in zip(_keys(client), times, strict=True)
        ]


class Places:
    """How many of one kind each client, and each address, holds at once. Used from one event loop.

    Whoever waits gets a place in the order of `app/perimeter/turns.py`: where an address holds all that it may, those
    are let in first who were there first.
    """

    def __init__(self, of_client: int, of_address: int) -> None:
        self._of_client, self._of_address = of_client, of_address
        self._held = Counter[Client | str]()  # by clients and by addresses
        self._waiting: dict[str, dict[Client, deque[_Waiter]]] = {}  # by address
        self._turns = Turns()

    def take(self, client: Client) -> bool:
        """Take a place; False where there is none."""
        if self._held[client] >= self._of_client or self._held[client.address] >= self._of_address:
            return False
        self._held.update((client, client.address))
        self._turns.note(client)
        return True

    def give(self, client: Client) -> None:
        """Give one back, to whoever waits for it."""
        for key in (client, client.address):
            self._held[key] -= 1
            if not self._held[key]:
                del self._held[key]
        while self._held[client.address] < self._of_address and (first := self._first(client.address)):
            self.take(first.client)
            self._forget(first)
            first.place.set_result(None)

    async def enter(self, client: Client, patience: float | None) -> bool:
        """Take a place within `patience` seconds, None for as long as it takes; False where none came free."""
        if self.take(client):
            return True
        waiter = _Waiter(client)
        self._waiting.setdefault(client.address, {}).setdefault(client, deque()).append(waiter)
        try:
            async with asyncio.timeout(patience):
                await waiter.place
        except BaseException as error:
            if waiter.has_place and not isinstance(error, TimeoutError):
                self.give(client)
            if not isinstance(error, TimeoutError):
                raise
        finally:
            if not waiter.has_place:
                self._forget(waiter)
        return waiter.has_place

    def is_awaited(self, address: str) -> bool:
        """Whether somebody waits for a place of this address."""
        return address in self._waiting

    def _first(self, address: str) -> _Waiter | None:
        """Of those who wait at the address and may hold one more."""
        able = (
            next((one for one in theirs if not one.place.done()), None)  # who has just given up is still there
            for client, theirs in self._waiting.get(address, {}).items()
            if self._held[client] < self._of_client
        )
        return min(filter(None, able), key=lambda one: self._turns.since(one.client, one.asked), default=None)

    def _forget(self, waiter: _Waiter) -> None:
        clients = self._waiting[waiter.client.address]
        clients[waiter.client].remove(waiter)
        if not clients[waiter.client]:
            del clients[waiter.client]
        if not clients:
            del self._waiting[waiter.client.address]


@dataclass(eq=False)
class _Waiter:
    client: Client
    asked: float = field(default_factory=now)
    place: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    @property
    def has_place(self) -> bool:
        return self.place.done() and not self.place.cancelled()


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

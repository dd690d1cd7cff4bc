"""What one client may ask of the server, in one table, and the buckets that hold it to that.

A client is a browser, or all of an address who send no cookie (`app/clients.py`). An address as a whole may do `crowd` times what one client
may: a campus sits behind one. Whoever stays below never notices; whoever does not is made to wait, and told when the wait would be long.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass

from app.clients import Client

Key = tuple[str, str]
CLIENTS_MOST = 20_000  # whose buckets are remembered; a full bucket need not be


@dataclass(frozen=True)
class Rate:
    """`rate` a second after a `burst` at once."""

    rate: float
    burst: float
    crowd: float  # an address may do so many times as much


RATES = {
    "latents": Rate(1500, 3000, 40),  # to decode: a hand sends 120 a second, a strip 64 at once
    "pictures": Rate(40, 240, 40),  # sheets and single samples: one for each sample that the pointer passes
    "neighbours": Rate(8, 40, 40),  # in pixel space: 30 million differences each
    "uploads": Rate(1, 8, 40),
    "reruns": Rate(6, 40, 30),  # messages to Streamlit: a form that is filled in fast
    "trainings": Rate(0.2, 12, 10),  # begun or resumed
    "pages": Rate(2, 60, 60),  # that bring a new cookie
}
AT_ONCE = {  # of one client, and of one address
    "pictures": (6, 200),
    "neighbours": (2, 60),
    "uploads": (2, 60),
    "pages": (12, 400),  # open Streamlit sessions
    "hands": (24, 600),  # open decoder sockets
}
SHARES = {"film": 1, "export": 6, "estimate": 2}  # jobs of one client in the work queue: the page's links to six formats may be pressed one by one


class Buckets:
    """Token buckets of all clients for one rate. Used from one event loop."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._free_at: OrderedDict[Key, float] = OrderedDict()  # when the bucket is full again (a "virtual scheduling" bucket)

    def wait(self, client: Client, cost: float = 1.0) -> float:
        """Take `cost`, and how many seconds to wait before it may be used."""
        own = self._take(client.key, cost, 1.0)
        return max(own, self._take(("crowd", client.address), cost, self._rate.crowd))

    def ahead(self, client: Client, cost: float = 1.0) -> float:
        """How many seconds `wait` would say. Takes nothing."""
        now = time.monotonic()
        keys = ((client.key, 1.0), (("crowd", client.address), self._rate.crowd))
        return max(self._delay(max(self._free_at.get(key, now), now) + cost / (self._rate.rate * times), now) for key, times in keys)

    def _take(self, key: Key, cost: float, times: float) -> float:
        now = time.monotonic()
        full = max(self._free_at.get(key, now), now) + cost / (self._rate.rate * times)
        self._free_at[key] = full
        self._free_at.move_to_end(key)
        while len(self._free_at) > CLIENTS_MOST:
            self._free_at.popitem(last=False)
        return self._delay(full, now)

    def _delay(self, full: float, now: float) -> float:
        """The burst's time is free, for a client as for a crowd: both numbers grow alike."""
        return max(0.0, full - now - self._rate.burst / self._rate.rate)


_BUCKETS = {name: Buckets(rate) for name, rate in RATES.items()}


def buckets(name: str) -> Buckets:
    """The buckets of one of the `RATES`."""
    return _BUCKETS[name]


async def pace(name: str, client: Client, cost: float = 1.0) -> None:
    """Wait for as long as it takes: whoever is too fast is slowed down, and nothing is lost."""
    if delay := buckets(name).wait(client, cost):
        await asyncio.sleep(delay)


class Places:
    """How many of one kind each client, and each address, holds at once. Used from one event loop."""

    def __init__(self, of_client: int, of_address: int) -> None:
        self._most = of_client, of_address
        self._held: dict[Key, int] = {}

    def take(self, client: Client) -> bool:
        """Take a place; False where there is none."""
        keys = self._keys(client)
        if any(self._held.get(key, 0) >= most for key, most in zip(keys, self._most, strict=True)):
            return False
        for key in keys:
            self._held[key] = self._held.get(key, 0) + 1
        return True

    def give(self, client: Client) -> None:
        """Give one back."""
        for key in self._keys(client):
            self._held[key] -= 1
            if not self._held[key]:
                del self._held[key]

    @staticmethod
    def _keys(client: Client) -> tuple[Key, Key]:
        return client.key, ("crowd", client.address)


_PLACES = {name: Places(*most) for name, most in AT_ONCE.items()}


def places(name: str) -> Places:
    """The places of one of `AT_ONCE`."""
    return _PLACES[name]

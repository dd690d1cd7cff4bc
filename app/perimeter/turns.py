"""Whose turn it is, where many wait: addresses take turns, and within an address whoever was served longest ago comes
first.

A browser that was never served counts from when its cookie was made. Cookies cost nothing, so this is what bounds one
person who makes many: they stand behind every browser that was there before, each of them is worth one turn, and all of
them together have no more turns than another address. Who sends no cookie counts from when they ask, all of an address
as one client; so does an address that was never served, as numbers cost little too.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Hashable, Iterable
from typing import Protocol, TypeVar

from app.access.clients import Client, now

REMEMBERED_MOST = 4096  # clients and addresses; whoever was served before so many others were counts as never served


class Waits(Protocol):
    """One of those who wait."""

    client: Client
    asked: float  # as `now` counts


Waiting = TypeVar("Waiting", bound=Waits)


class Turns:
    """When clients and addresses were served last. Used under a lock or from one event loop."""

    def __init__(self) -> None:
        self._served: OrderedDict[Hashable, float] = OrderedDict()

    def note(self, client: Client) -> None:
        """The client is served now."""
        for key in (client.key, _address(client)):
            self._served[key] = now()
            self._served.move_to_end(key)
        while len(self._served) > REMEMBERED_MOST:
            self._served.popitem(last=False)

    def since(self, client: Client, asked: float) -> float:
        """Since when a client that asked at that time has not been served: the least comes first."""
        made = client.made
        return max(self._served.get(client.key, 0.0), asked if made is None else made)

    def order(self, waiting: Iterable[Waiting]) -> list[Waiting]:
        """Those who wait, the next one first; `waiting` in the order of their arrival, which counts where they are
        equal. A client's second comes after everybody's first.
        """
        rounds, places = Counter[Hashable](), Counter[Hashable]()
        by_client: list[tuple[int, float, Waiting]] = []
        for one in waiting:
            by_client.append((rounds[one.client.key], self.since(one.client, one.asked), one))
            rounds[one.client.key] += 1
        by_address: list[tuple[int, float, Waiting]] = []
        for *_, one in sorted(by_client, key=lambda each: each[:2]):
            key = _address(one.client)
            by_address.append((places[key], self._served.get(key, one.asked), one))
            places[key] += 1
        return [one for *_, one in sorted(by_address, key=lambda each: each[:2])]


def _address(client: Client) -> Hashable:
    return "all of", client.address

"""Dragging hands without a browser: `python -m benchmarks.load_client URL --dim D --clients N --seconds S`, JSON on
standard output.

Each client holds one WebSocket to the decoder and sends a position `rate` times a second, at an instant of its own
within the period. As in the page, at most one request is in flight: a position that is due while the last is still
unanswered is dropped, and counted. A round trip is the time from the call that sends to the reply in hand, so the
client's own event loop is in it. No compression is offered (the server would decline it). Only 127.0.0.1 is addressed,
and a run ends `seconds` after it began, however slow the server is.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import random
import struct
import sys
import time
from dataclasses import asdict, dataclass, field
from urllib.parse import urljoin, urlsplit
from urllib.request import Request, urlopen

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

IMAGE_BYTES = 32 * 32 * 3
OPEN_AT_ONCE = 20
GRACE_SECONDS = 10


@dataclass
class Tally:
    """What all clients saw together."""

    trips: list[float] = field(default_factory=list)  # milliseconds
    dropped: int = 0
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0


async def run(url: str, dim: int, clients: int, seconds: float, rate: float) -> Tally:
    """Open all connections, then let all drag for `seconds`."""
    tally, gate = Tally(), asyncio.Semaphore(OPEN_AT_ONCE)
    sockets = [s for s in await asyncio.gather(*(_open(url, gate, tally) for _ in range(clients))) if s]
    start = time.perf_counter() + 0.2
    hands = [_drag(s, dim, start, seconds, rate, random.Random(i), tally) for i, s in enumerate(sockets)]
    await asyncio.gather(*hands)
    tally.seconds = seconds
    await asyncio.gather(*(s.close() for s in sockets))
    return tally


async def _open(url: str, gate: asyncio.Semaphore, tally: Tally) -> ClientConnection | None:
    """A browser of its own: all who bring no cookie would share what one client may do."""
    async with gate:
        try:
            mine = {"Cookie": await asyncio.to_thread(cookie, url.replace("ws", "http", 1))}
            return await connect(
                url, compression=None, open_timeout=GRACE_SECONDS, ping_interval=None, additional_headers=mine
            )
        except (OSError, WebSocketException) as error:
            tally.errors.append(f"open: {error!r}")
            return None


def cookie(url: str) -> str:
    """The cookie that the server of `url` gives a new browser with its page, as a Cookie header; empty where it gives
    none.
    """
    page = Request(urljoin(url, "/"), headers={"Accept": "text/html"})
    with urlopen(page, timeout=GRACE_SECONDS) as reply:
        return "; ".join(given.partition(";")[0] for given in reply.headers.get_all("Set-Cookie", ()))


async def _drag(
    socket: ClientConnection, dim: int, start: float, seconds: float, rate: float, rng: random.Random, tally: Tally
) -> None:
    first, at = start + rng.random() / rate, 0
    positions = math.ceil((start + seconds - first) * rate)
    try:
        while at < positions:
            await asyncio.sleep(first + at / rate - time.perf_counter())
            tally.trips.append(await _ask(socket, _position(dim, rng)))
            due = max(at + 1, math.ceil((time.perf_counter() - first) * rate))
            tally.dropped += min(due, positions) - at - 1
            at = due
    except (OSError, TimeoutError, ValueError, WebSocketException) as error:
        tally.errors.append(repr(error))


async def _ask(socket: ClientConnection, position: bytes) -> float:
    sent = time.perf_counter()
    await socket.send(position)
    async with asyncio.timeout(GRACE_SECONDS):
        pixels = await socket.recv()
    if len(pixels) != IMAGE_BYTES:
        raise ValueError(f"{len(pixels)} bytes instead of {IMAGE_BYTES}")
    return 1000 * (time.perf_counter() - sent)


def _position(dim: int, rng: random.Random) -> bytes:
    return struct.pack(f"<{dim}f", *(rng.gauss(0, 1) for _ in range(dim)))


def main(arguments: list[str] | None = None) -> int:
    """The tally as JSON; 2 for an address that is not of this machine."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load_client", description=__doc__.partition("\n")[0])
    parser.add_argument("url", help="ws://127.0.0.1:PORT/api/models/NAME/decode")
    parser.add_argument("--dim", type=int, default=3)
    parser.add_argument("--clients", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rate", type=float, default=10.0, help="positions a second of each client")
    options = parser.parse_args(arguments)
    if urlsplit(options.url).hostname != "127.0.0.1":
        parser.error("only 127.0.0.1 is put under load")
    print(
        json.dumps(asdict(asyncio.run(run(options.url, options.dim, options.clients, options.seconds, options.rate))))
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())

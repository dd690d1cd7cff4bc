"""A browser without manners: one cookie, or many, as many connections as it likes, and no waiting for answers. Only
127.0.0.1 is addressed.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from websockets.exceptions import WebSocketException

from benchmarks.load_client import cookie
from benchmarks.servers import HERE

MANY = 16
LARGEST, LARGEST_DIM = "latent-64", 64
MODELS = ("default", "absolute-error", "label-guided", "beta-vae", "denoising", LARGEST)
TROUBLE = (OSError, TimeoutError, ValueError, WebSocketException, asyncio.IncompleteReadError)


@dataclass
class Hostile:
    """The client: where the server is, until when it may bother it, and what became of what it asked."""

    url: str
    until: float
    cookie: str
    seen: Counter[str] = field(default_factory=Counter)  # "asked", and what became of each
    rng: random.Random = field(default_factory=lambda: random.Random(0))

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or 80

    @property
    def socket(self) -> str:
        """The URL for WebSockets."""
        return self.url.replace("http", "ws", 1)

    @property
    def left(self) -> float:
        """Seconds until it must stop, never none."""
        return max(0.1, self.until - time.perf_counter())

    async def another(self) -> Hostile:
        """The same person with another cookie."""
        return replace(self, cookie=await asyncio.to_thread(cookie, self.url))

    async def over_and_over(self, act: Callable[[], Awaitable[object]], at_once: int = MANY) -> None:
        """Let `at_once` of them do it until the time is over; what fails is counted and tried again."""

        async def one() -> None:
            while time.perf_counter() < self.until:
                self.seen["asked"] += 1
                try:
                    self.seen[str(await act())] += 1
                except TROUBLE as error:
                    self.seen[type(error).__name__] += 1
                    await asyncio.sleep(0.01)

        await asyncio.gather(*(one() for _ in range(at_once)))

    async def get(self, path: str, wait: bool = True) -> str:
        """The status of the answer; without `wait`, hang up as soon as the question is out."""
        return await self._ask(self.head("GET", path).encode(), wait)

    async def post(self, path: str, body: bytes) -> str:
        """The status of the answer."""
        return await self._ask(self.head("POST", path, **{"Content-Length": len(body)}).encode() + body, wait=True)

    async def _ask(self, question: bytes, wait: bool) -> str:
        async with self.line() as (reader, writer):
            writer.write(question)
            await writer.drain()
            if not wait:
                return "gone"
            status = await reader.readline()
            await reader.read()
            return status.split()[1].decode() if status else "cut"

    @asynccontextmanager
    async def line(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """A connection without manners, which is closed in the end."""
        reader, writer = await asyncio.open_connection(HERE, self.port)
        try:
            yield reader, writer
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    def head(self, method: str, path: str, **headers: object) -> str:
        """A request's first lines."""
        said = {"Host": f"{HERE}:{self.port}", "Cookie": self.cookie, "Connection": "close", **headers}
        return (
            f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in said.items()) + "\r\n"
        )

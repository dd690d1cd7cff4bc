"""One hostile client: `python -m benchmarks.hostile_client KIND URL --seconds S` does one thing as hard as it can, and
ends by itself.

It is one browser with one cookie, as many connections as it likes, and no manners. Only 127.0.0.1 is addressed. It
prints how many of its requests were answered, refused or cut, as JSON. It runs behind everything else: a client
elsewhere would take no processor time here.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, WebSocketException

from benchmarks.load_client import cookie
from benchmarks.servers import HERE

LARGEST, LARGEST_DIM = "latent-64", 64
MODELS = ("default", "absolute-error", "label-guided", "beta-vae", "denoising", LARGEST)
FORMATS = ("csv", "projector", "npz", "parquet", "onnx", "safetensors")
MANY = 16
LAST = 19  # the lowest priority there is
ZEROS = ",".join(["0"] * LARGEST_DIM)
TROUBLE = (OSError, TimeoutError, ValueError, WebSocketException, asyncio.IncompleteReadError)


@dataclass
class Hostile:
    """The client: where the server is, until when it may bother it, and what became of what it asked."""

    url: str
    until: float
    cookie: str
    seen: Counter[str] = field(default_factory=Counter)
    rng: random.Random = field(default_factory=lambda: random.Random(0))

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or 80

    @property
    def socket(self) -> str:
        """The URL for WebSockets."""
        return self.url.replace("http", "ws", 1)

    async def over_and_over(self, act: Callable[[], Awaitable[object]], at_once: int = MANY) -> None:
        """Let `at_once` of them do it until the time is over; what fails is counted and tried again."""

        async def one() -> None:
            while time.perf_counter() < self.until:
                try:
                    self.seen[str(await act())] += 1
                except TROUBLE as error:
                    self.seen[type(error).__name__] += 1
                    await asyncio.sleep(0.01)

        await asyncio.gather(*(one() for _ in range(at_once)))

    async def get(self, path: str, wait: bool = True) -> str:
        """The status of the answer; without `wait`, hang up as soon as the question is out."""
        async with self.line() as (reader, writer):
            writer.write(self.head("GET", path).encode())
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


async def films(hostile: Hostile) -> None:
    """A film from a new camera each time: one is waited for, 45 a second are not."""

    def path() -> str:
        return f"/api/films/models/default/film.mp4?cam={1 + hostile.rng.random():.4f},1.5,0.8,0,0,-0.12,0,0,1"

    async def leave() -> str:
        await asyncio.sleep(1 / 45)
        return await hostile.get(path(), wait=False)

    await asyncio.gather(hostile.over_and_over(lambda: hostile.get(path()), 2), hostile.over_and_over(leave, 1))


async def exports(hostile: Hostile) -> None:
    """Every format of every model, none of which is in the cache."""
    asked = [f"/api/models/{model}/export/{kind}" for kind in FORMATS for model in MODELS]
    await hostile.over_and_over(lambda: hostile.get(hostile.rng.choice(asked)))


async def estimates(hostile: Hostile) -> None:
    """Forms of a new training whose seed changes all the time: each change is another question to measure."""

    async def form() -> str:
        async with _page(hostile) as socket, asyncio.timeout(max(0.1, hostile.until - time.perf_counter())):
            await _rerun(socket)
            button, _ = await _element(socket, "button", "New training")
            await _rerun(socket, button, trigger_value=True)
            seed, fragment = await _element(socket, "number_input", "Seed")
            drain = asyncio.create_task(_drain(socket))
            try:
                while True:
                    await _rerun(socket, seed, fragment, int_value=hostile.rng.randrange(1 << 30))
                    await asyncio.sleep(0.1)
            finally:
                drain.cancel()

    await hostile.over_and_over(form, 4)


async def floods(hostile: Hostile) -> None:
    """64 latents at a time to the largest model, without waiting for the last answer."""
    message = bytes(4 * LARGEST_DIM * 64)

    async def flood() -> str:
        async with connect(
            f"{hostile.socket}/api/models/{LARGEST}/decode",
            compression=None,
            max_size=None,
            ping_interval=None,
            additional_headers={"Cookie": hostile.cookie},
        ) as socket:
            while time.perf_counter() < hostile.until:
                await asyncio.gather(*(socket.send(message) for _ in range(8)))
                for _ in range(8):
                    await asyncio.wait_for(socket.recv(), max(0.1, hostile.until - time.perf_counter()))
        return "done"

    await hostile.over_and_over(flood)


async def sheets(hostile: Hostile) -> None:
    """64 reconstructions in a picture, others each time."""

    def path() -> str:
        return f"/api/models/{LARGEST}/sheet?kind=reconstruction&i=" + ",".join(
            str(hostile.rng.randrange(10_000)) for _ in range(64)
        )

    await hostile.over_and_over(lambda: hostile.get(path()))


async def neighbours(hostile: Hostile) -> None:
    """The nearest samples in pixel space."""
    await hostile.over_and_over(lambda: hostile.get(f"/api/models/{LARGEST}/nearest?z={ZEROS}&k=50&space=pixel"))


async def reruns(hostile: Hostile) -> None:
    """Sixteen pages that are run anew without a pause."""
    message = BackMsg()
    message.rerun_script.query_string = ""
    data = message.SerializeToString()

    async def page() -> str:
        async with _page(hostile) as socket, asyncio.timeout(max(0.1, hostile.until - time.perf_counter())):
            await asyncio.gather(_drain(socket), _send_on(socket, data))
        return "done"

    await hostile.over_and_over(page)


async def uploads(hostile: Hostile) -> None:
    """Pictures that arrive at a byte a second."""

    async def upload() -> str:
        async with hostile.line() as (reader, writer):
            writer.write(hostile.head("POST", "/api/models/default/encode", **{"Content-Length": 5_000_000}).encode())
            while time.perf_counter() < hostile.until:
                writer.write(b"x")
                await writer.drain()
                with suppress(TimeoutError):
                    status = await asyncio.wait_for(reader.readline(), 1)
                    return status.split()[1].decode() if status else "cut"
            return "unanswered"

    await hostile.over_and_over(upload)


async def refused(hostile: Hostile) -> None:
    """Pages of another site that try to open a WebSocket."""

    async def knock() -> str:
        try:
            async with _page(hostile, origin="http://elsewhere.example"):
                return "let in"
        except InvalidHandshake:
            return "refused"

    await hostile.over_and_over(knock)


async def idle(hostile: Hostile) -> None:
    """Sixty decoder sockets and sixty half requests that nothing follows on."""

    async def sit() -> str:
        async with connect(
            f"{hostile.socket}/api/models/default/decode", additional_headers={"Cookie": hostile.cookie}
        ):
            await asyncio.sleep(max(0.0, hostile.until - time.perf_counter()))
        return "sat"

    async def half() -> str:
        async with hostile.line() as (_, writer):
            writer.write(b"GET / HTTP/1.1\r\nHost:")
            await asyncio.sleep(max(0.0, hostile.until - time.perf_counter()))
        return "half"

    await asyncio.gather(hostile.over_and_over(sit, 60), hostile.over_and_over(half, 60))


def _page(hostile: Hostile, **options: str) -> connect:
    said: Mapping[str, str] = {"Cookie": hostile.cookie}
    return connect(
        f"{hostile.socket}/_stcore/stream",
        subprotocols=["streamlit"],
        max_size=None,
        compression=None,
        additional_headers=said,
        **options,
    )  # type: ignore[arg-type,list-item]


async def _rerun(socket: ClientConnection, widget: str = "", fragment: str = "", **value: object) -> None:
    """Ask for the Train page, or a part of it, with a widget's new value."""
    message = BackMsg()
    message.rerun_script.page_name = "train"
    message.rerun_script.fragment_id = fragment
    if widget:
        message.rerun_script.widget_states.widgets.add(id=widget, **value)
    await socket.send(message.SerializeToString())


async def _element(socket: ClientConnection, kind: str, label: str) -> tuple[str, str]:
    """The id of the page's next element of that kind and label, and the part of the page that it stands in."""
    while True:
        delta = ForwardMsg.FromString(await socket.recv(decode=False)).delta
        element = delta.new_element
        if element.WhichOneof("type") == kind and label in getattr(element, kind).label:
            return getattr(element, kind).id, delta.fragment_id


async def _drain(socket: ClientConnection) -> None:
    async for _ in socket:
        pass


async def _send_on(socket: ClientConnection, data: bytes) -> None:
    while True:
        await socket.send(data)


KINDS = {
    act.__name__: act for act in (films, exports, estimates, floods, sheets, neighbours, reruns, uploads, refused, idle)
}


async def run(kind: str, url: str, seconds: float) -> Counter[str]:
    """Be hostile in that way; what became of the requests."""
    taken = await asyncio.to_thread(cookie, url)
    hostile = Hostile(url, time.perf_counter() + seconds, taken)
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await KINDS[kind](hostile)
    return hostile.seen


def main(arguments: list[str] | None = None) -> int:
    """What was seen as JSON; 2 for an address that is not of this machine."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.hostile_client", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("url", help=f"http://{HERE}:PORT")
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args(arguments)
    if urlsplit(options.url).hostname != HERE:
        parser.error(f"only {HERE} is put under load")
    os.nice(LAST)
    print(json.dumps(asyncio.run(run(options.kind, options.url, options.seconds))))
    return 0


if __name__ == "__main__":
    sys.exit(main())

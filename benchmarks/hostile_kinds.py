"""What a hostile client may do over and over, one thing at a time: each is what a class could be held up with. Those of
hostile_lessons.py and hostile_crowd.py are among them.
"""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import suppress

from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidHandshake

from benchmarks import hostile_crowd, hostile_lessons
from benchmarks.hostile_browser import LARGEST, LARGEST_DIM, MODELS, Hostile
from benchmarks.streamlit_socket import drain, element, open_page, rerun, send_on

FORMATS = ("csv", "projector", "npz", "parquet", "onnx", "safetensors")
ZEROS = ",".join(["0"] * LARGEST_DIM)


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
        async with open_page(hostile) as socket, asyncio.timeout(hostile.left):
            await rerun(socket)
            button, _ = await element(socket, "button", "New training")
            await rerun(socket, button, trigger_value=True)
            seed, fragment = await element(socket, "number_input", "Seed")
            reading = asyncio.create_task(drain(socket))
            try:
                while True:
                    await rerun(socket, seed, fragment, int_value=hostile.rng.randrange(1 << 30))
                    await asyncio.sleep(0.1)
            finally:
                reading.cancel()

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
                    await asyncio.wait_for(socket.recv(), hostile.left)
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
    """The nearest samples in all three spaces, of another place each time."""

    def path() -> str:
        metric = hostile.rng.choice(("euclidean", "cosine"))
        return f"/api/models/{LARGEST}/nearest?z={_place(hostile)}&k=50&space=pixel,latent,view&metric={metric}"

    await hostile.over_and_over(lambda: hostile.get(path()))


async def noise(hostile: Hostile) -> None:
    """The samples nearest to noise, which takes the longest of all pictures."""

    async def search() -> str:
        path = f"/api/models/{LARGEST}/nearest?z={ZEROS}&k=50&space=pixel,latent,view"
        return await hostile.post(path, hostile.rng.randbytes(3 * 32 * 32))

    await hostile.over_and_over(search)


async def walks(hostile: Hostile) -> None:
    """The longest walks that there are, along the manifold of the largest model, from eight places to the next."""

    async def walk() -> str:
        stops = [{"sample": hostile.rng.randrange(10_000)} for _ in range(8)]
        asked = {"stops": stops, "kind": "manifold", "steps": 120}
        return await hostile.post(f"/api/models/{LARGEST}/walk", json.dumps(asked).encode())

    await hostile.over_and_over(walk)


async def measures(hostile: Hostile) -> None:
    """What is measured once for each model, of all models in turn, and asked for without a pause."""
    asked = [f"/api/models/{model}/{what}" for what in ("measures", "contours") for model in MODELS]
    await hostile.over_and_over(lambda: hostile.get(hostile.rng.choice(asked)))


async def cards(hostile: Hostile) -> None:
    """What every page reads first, of all models in turn: cards, points, lists."""
    parts = ("", "/points", "/labels", f"/samples/{hostile.rng.randrange(10_000)}")
    asked = ["/api/models", "/api/films", *(f"/api/models/{model}{part}" for part in parts for model in MODELS)]
    await hostile.over_and_over(lambda: hostile.get(hostile.rng.choice(asked)))


async def files(hostile: Hostile) -> None:
    """The page itself, its scripts and a library of half a megabyte, without a pause."""
    page = ("/", "/train", "/learn", "/explorer/explore/explorer.js", "/explorer/core/page.css")
    asked = [*page, "/explorer/plotly.min.js", "/_stcore/health", "/favicon.png"]
    await hostile.over_and_over(lambda: hostile.get(hostile.rng.choice(asked)))


def _place(hostile: Hostile) -> str:
    """A latent of the largest model."""
    return ",".join(f"{hostile.rng.gauss(0, 1):.4f}" for _ in range(LARGEST_DIM))


async def reruns(hostile: Hostile) -> None:
    """Sixteen pages that are run anew without a pause."""
    message = BackMsg()
    message.rerun_script.query_string = ""
    data = message.SerializeToString()

    async def page() -> str:
        async with open_page(hostile) as socket, asyncio.timeout(hostile.left):
            await asyncio.gather(drain(socket), send_on(socket, data))
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
            async with open_page(hostile, origin="http://elsewhere.example"):
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


KINDS = {
    act.__name__: act
    for act in (
        films,
        exports,
        estimates,
        floods,
        sheets,
        neighbours,
        noise,
        walks,
        *hostile_lessons.KINDS,
        measures,
        cards,
        files,
        reruns,
        uploads,
        refused,
        idle,
        *hostile_crowd.KINDS,
    )
}

"""What one person may do over and over with as many cookies as they like, from the address that all others use too."""

from __future__ import annotations

import asyncio

from websockets.asyncio.client import connect

from benchmarks.hostile_browser import LARGEST, LARGEST_DIM, MODELS, Hostile

COOKIES = 48


async def crowdfilms(hostile: Hostile) -> None:
    """Films and exports, each with a cookie made for it."""

    async def ask() -> str:
        newest = await hostile.another()
        camera = f"{1 + hostile.rng.random():.4f},1.5,0.8,0,0,-0.12,0,0,1"
        asked = (
            "/api/films/models/default/film.mp4?cam=" + camera,
            f"/api/models/{hostile.rng.choice(MODELS)}/export/csv",
        )
        return await newest.get(hostile.rng.choice(asked))

    await hostile.over_and_over(ask)


async def crowdfloods(hostile: Hostile) -> None:
    """64 latents at a time to the largest model, from a browser for each socket."""
    message = bytes(4 * LARGEST_DIM * 64)

    async def flood() -> str:
        given = {"Cookie": (await hostile.another()).cookie}
        address = f"{hostile.socket}/api/models/{LARGEST}/decode"
        async with connect(address, compression=None, max_size=None, additional_headers=given) as socket:
            while hostile.left > 0.1:
                await socket.send(message)
                await asyncio.wait_for(socket.recv(), hostile.left)
        return "done"

    await hostile.over_and_over(flood, COOKIES)


async def crowdsheets(hostile: Hostile) -> None:
    """Sheets of 64 reconstructions, and searches in pixel space."""

    async def browse() -> str:
        newest = await hostile.another()
        while hostile.left > 0.1:
            some = ",".join(str(hostile.rng.randrange(10_000)) for _ in range(64))
            zeros = ",".join(f"{hostile.rng.gauss(0, 1):.3f}" for _ in range(LARGEST_DIM))
            asked = (f"sheet?kind=reconstruction&i={some}", f"nearest?z={zeros}&k=50&space=pixel")
            hostile.seen[await newest.get(f"/api/models/{LARGEST}/{hostile.rng.choice(asked)}")] += 1
        return "done"

    await hostile.over_and_over(browse, COOKIES)


async def crowdslow(hostile: Hostile) -> None:
    """Pictures and questions that arrive at a byte a second."""

    async def trickle() -> str:
        path, size = hostile.rng.choice(
            (("default/encode", 5_000_000), ("default/walk", 5000), ("default/place", 3072))
        )
        newest = await hostile.another()
        async with hostile.line() as (reader, writer):
            writer.write(newest.head("POST", f"/api/models/{path}", **{"Content-Length": size}).encode())
            answer = asyncio.create_task(reader.readline())
            while not answer.done() and hostile.left > 0.1:
                writer.write(b"x")
                await writer.drain()
                await asyncio.wait((answer,), timeout=1)
            return answer.result().split()[1].decode() if answer.done() and answer.result() else "unanswered"

    await hostile.over_and_over(trickle, COOKIES)


async def crowdfiles(hostile: Hostile) -> None:
    """The page, its scripts and its lists, without a pause."""
    asked = ("/", "/learn", "/explorer/explore/explorer.js", "/explorer/plotly.min.js", "/api/models", "/api/films")

    async def browse() -> str:
        newest = await hostile.another()
        while hostile.left > 0.1:
            hostile.seen[await newest.get(hostile.rng.choice(asked))] += 1
        return "done"

    await hostile.over_and_over(browse, COOKIES)


KINDS = (crowdfilms, crowdfloods, crowdsheets, crowdslow, crowdfiles)

"""What a hostile client may do over and over with the parts that lessons and comparisons ask for."""

from __future__ import annotations

import asyncio
import json
import struct

from websockets.asyncio.client import connect

from benchmarks.hostile_browser import LARGEST, MODELS, Hostile

PICTURE = 3 * 32 * 32  # bytes
POINTS, SPACE = 2000, 64
FLAT = ("default", "absolute-error", "label-guided")  # three numbers each: their clouds can be laid on each other
METHODS = ("tsne", "umap", "isomap", "lle", "mds", "autoencoder")
FITS = ("autoencoder", "isomap", "lle", "pca")


async def walkfilms(hostile: Hostile) -> None:
    """Films of the longest walks, along the manifold of the largest model."""

    async def film() -> str:
        stops = [{"sample": hostile.rng.randrange(10_000)} for _ in range(8)]
        asked = {"stops": stops, "kind": "manifold", "steps": 120}
        return await hostile.post(f"/api/models/{LARGEST}/walk.mp4", json.dumps(asked).encode())

    await hostile.over_and_over(film)


async def reductions(hostile: Hostile) -> None:
    """Methods that take long, on the images of the models in turn: computed, at hand, or refused."""

    async def compute() -> str:
        model = hostile.rng.choice(("digits", "mnist", *MODELS))
        return await hostile.post(f"/api/models/{model}/reductions/{hostile.rng.choice(METHODS)}", b"")

    await hostile.over_and_over(compute)


async def fits(hostile: Hostile) -> None:
    """The largest fits of the lesson on manifolds, of other points each time."""

    async def fit() -> str:
        points = struct.pack(f"<{POINTS * SPACE}f", *(hostile.rng.random() for _ in range(POINTS * SPACE)))
        path = f"/api/lessons/manifold?method={hostile.rng.choice(FITS)}&m={SPACE}&d=2"
        return await hostile.post(path, points)

    await hostile.over_and_over(fit, 4)


async def compare(hostile: Hostile) -> None:
    """A second model beside the first: how their clouds fit, and a picture's place in each."""

    async def ask() -> str:
        one, other = hostile.rng.sample(FLAT, 2)
        if hostile.rng.random() < 0.5:
            return await hostile.get(f"/api/models/{one}/alignment?to={other}")
        return await hostile.post(f"/api/models/{one}/place", hostile.rng.randbytes(PICTURE))

    await hostile.over_and_over(ask)


async def passes(hostile: Hostile) -> None:
    """Pictures through the whole of the largest network, layer by layer and sixteen at a time."""

    async def send() -> str:
        what, count = hostile.rng.choice((("layers", 1), ("reconstruct", 16)))
        return await hostile.post(f"/api/models/{LARGEST}/{what}", hostile.rng.randbytes(count * PICTURE))

    await hostile.over_and_over(send)


async def strips(hostile: Hostile) -> None:
    """The strips of all axes of the models in turn, drawn anew without a pause."""

    async def strip() -> str:
        model, dim = hostile.rng.choice((("default", 3), ("beta-vae", 10), ("denoising", 32)))
        address = f"{hostile.socket}/api/models/{model}/decode"
        given = {"Cookie": hostile.cookie}
        async with connect(address, compression=None, max_size=None, additional_headers=given) as socket:
            for _ in range(dim):
                await socket.send(bytes(4 * dim * 64))
                await asyncio.wait_for(socket.recv(), hostile.left)
        return "drawn"

    await hostile.over_and_over(strip)


async def frames(hostile: Hostile) -> None:
    """Frames of films, others each time."""

    async def frame() -> str:
        some = sorted(hostile.rng.sample(range(21), 8))
        return await hostile.get("/api/films/models/default/points?epochs=" + ",".join(map(str, some)))

    await hostile.over_and_over(frame)


KINDS = (walkfilms, reductions, fits, compare, passes, strips, frames)

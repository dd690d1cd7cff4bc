"""A person's picture, from upload to its place in the map. It stays in memory and is never logged: it may be a child's
face.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio
import anyio.to_thread
import numpy as np
from anyio import CapacityLimiter
from starlette.datastructures import QueryParams, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.responses import Response

from app import guards, resources
from app.access.clients import Client, client_of
from app.perimeter.limits import places
from app.replies import Refusal, fresh
from app.routes.neighbours import data_url, described, how_many, pixel_source
from model.data.pictures import BYTES_MOST, Crop, Picture, decode_picture
from model.data.preparation import preparation
from model.messages import Message
from model.space.service import ExplorerService

FORM_EXTRA = 64 * 1024  # boundaries and headers of a multipart form
READ_SECONDS = 120  # for 10 MB over a slow line; who is slower would keep a place for ever
READING = CapacityLimiter(8)  # pictures in memory, being received or waiting to be placed
WAIT_SECONDS = 10  # for a place: a full server says so rather than keeping people waiting
LEAST, GRACE = 128_000, 5.0  # bytes a second of a picture that others wait for, once it has come in for some seconds
LOOK_SECONDS = 0.5  # between two looks at how much has arrived
AT_ONCE = CapacityLimiter(1)  # a picture of 40 million pixels takes 300 MB while it is made small


class _MemoryParser(MultiPartParser):
    """Starlette's parser, which would move a part of more than 1 MB to a temporary file: not here."""

    spool_max_size = BYTES_MOST + FORM_EXTRA


async def encode(request: Request) -> Response:
    """POST /api/models/NAME/encode?k=12&left=..&top=..&side=..: an image file, raw or as the multipart field "file".

    left, top, side: the square to use, in parts of the upright picture's width, height and shorter side; centred by
    default. The picture is made an image of the data set that the model was trained on before it is encoded. {latent
    [d], position [3], mse, width, height, crop {left, top, side}, picture (as it is encoded) and reconstruction: data
    URLs of 32 x 32 PNGs, nearest {latent, pixel: [{index, label, distance}], shared, against}, density, and
    error_percentile: the share of held-out images with a smaller error}.
    """
    guards.require_same_origin(request.headers)
    service = await anyio.to_thread.run_sync(resources.service, request.path_params["name"])
    k = how_many(request.query_params, service)
    crop = _crop(request.query_params)
    async with _place(client_of(request)) as is_awaited:
        data = await _received(request, is_awaited)
        answer = await anyio.to_thread.run_sync(_answer, service, data, crop, k, limiter=AT_ONCE)
    return fresh(answer)


def _answer(service: ExplorerService, data: bytes, crop: Crop | None, k: int) -> dict[str, Any]:
    """The picture as an image of the model's data set, and where it lands."""
    return _located(service, decode_picture(data, crop, preparation(service.dataset_card)), k)


@asynccontextmanager
async def _place(client: Client) -> AsyncIterator[Callable[[], bool]]:
    """One of the places for pictures, waited for a while; tells whether others wait for it. Raises Refusal (503)."""
    mine = places("uploads")
    if not await mine.enter(client, WAIT_SECONDS):
        raise _many()
    try:
        with anyio.move_on_after(WAIT_SECONDS) as waiting:
            await READING.acquire()
        if waiting.cancelled_caught:
            raise _many()
        try:
            yield lambda: mine.is_awaited(client.address) or READING.statistics().tasks_waiting > 0
        finally:
            READING.release()
    finally:
        mine.give(client)


def _many() -> Refusal:
    return Refusal(503, "Busy", Message("picture.many"), WAIT_SECONDS)


def _crop(query: QueryParams) -> Crop | None:
    left, top, side = (guards.fraction(query, name) for name in ("left", "top", "side"))
    if left is None and top is None and side is None:
        return None
    if left is None or top is None or not side:
        raise Refusal(400, "Bad square", Message("picture.square_parts"))
    return Crop(left, top, side)


async def _received(request: Request, is_awaited: Callable[[], bool]) -> bytes:
    """The picture. Raises Refusal (408) for one that comes too slowly, which is less slow where others wait for its
    place.
    """
    begun, sizes = time.monotonic(), deque((0,), maxlen=1)
    file = asyncio.create_task(_file(request, sizes.append))
    try:
        while not (await asyncio.wait((file,), timeout=LOOK_SECONDS))[0]:
            seconds = time.monotonic() - begun
            if seconds > READ_SECONDS:
                raise Refusal(408, "Too slow", Message("picture.late", seconds=READ_SECONDS))
            if seconds > GRACE and sizes[-1] < LEAST * seconds and is_awaited():
                raise Refusal(408, "Too slow", Message("picture.slow"))
        return file.result()
    finally:
        file.cancel()


async def _file(request: Request, arrived: Callable[[int], None]) -> bytes:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await guards.read_body(request, BYTES_MOST, arrived)
    body = await guards.read_body(request, BYTES_MOST + FORM_EXTRA, arrived)
    try:
        form = await _MemoryParser(request.headers, _once(body), max_files=1, max_fields=8).parse()
    except MultiPartException as error:
        raise Refusal(400, "Bad form", Message("picture.form")) from error
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise Refusal(400, "No file", Message("picture.no_file"))
    return await file.read()


async def _once(body: bytes) -> AsyncGenerator[bytes, None]:
    yield body


def _located(service: ExplorerService, picture: Picture, k: int) -> dict[str, Any]:
    latents = service.encode(picture.pixels[None])  # (1, d)
    by_latent, by_pixel = service.nearest_latent(latents[0], k), service.nearest_pixel(picture.pixels, k)
    return {
        "latent": latents[0].tolist(),
        "position": service.latent_map.to_point(latents[0]).tolist(),
        **service.error_at(picture.pixels[None], latents),
        "width": picture.width,
        "height": picture.height,
        "crop": {"left": picture.crop.left, "top": picture.crop.top, "side": picture.crop.side},
        "picture": data_url(picture.pixels.transpose(1, 2, 0)),
        "reconstruction": data_url(service.decode(latents)[0]),
        "nearest": {
            "latent": described(service, *by_latent),
            "pixel": described(service, *by_pixel),
            "shared": len(np.intersect1d(by_latent[0], by_pixel[0])),
            "against": pixel_source(service),
        },
        "density": service.density_at(latents[0]),
    }

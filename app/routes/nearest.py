"""The samples nearest to a place: in the latent space, in pixel space, in the 3-D view."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import anyio
import anyio.to_thread
import numpy as np
from anyio import CapacityLimiter
from numpy.typing import NDArray
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from app import guards, resources
from app.replies import Refusal, fresh
from app.routes.neighbours import described, how_many, left_out, pixel_source
from model.config import IMAGE_SHAPE
from model.messages import Message
from model.search.exact import METRICS, Found
from model.space.service import ExplorerService

SPACES = ("latent", "pixel", "view")
PICTURE_BYTES = math.prod(IMAGE_SHAPE)
READ_SECONDS = 10  # for the 3 kB of a small picture
AT_ONCE = CapacityLimiter(1)  # search for a picture that a client has made, which may be noise: the slowest


def nearest(request: Request) -> Response:
    """GET /api/models/NAME/nearest?z=..&k=12&space=latent,pixel,view&metric=euclidean|cosine&without=I&original=J: the
    k samples nearest to latent z in one space or several, nearest first.

    {space, against, neighbours: [{index, label, distance}], votes: [samples of each class]} of the first space named;
    `beside`: the same of each other; metric; density: {distance, percentile}. In pixel space, the decoder's image at z
    is compared, or the data set's own picture of sample `original`: `compared` says which. Euclidean distances have
    pixels in [0, 1]; the others are 1 - cosine of the angle at the origin. Sample `without` is left out of neighbours
    and votes: on a sample, that one says nothing about the place. The percentile is the share of held-out images that
    lie in denser places among the training images, 0 to 100.
    """
    return _nearest(request, None)


async def nearest_to_picture(request: Request) -> Response:
    """POST the same: the body, 32 x 32 pixels row by row, each as bytes of red, green and blue, is compared in pixel
    space. It stays in memory and is never logged.
    """
    body = await small_picture(request)
    await anyio.to_thread.run_sync(resources.service, request.path_params["name"])
    return await anyio.to_thread.run_sync(_nearest, request, body, limiter=AT_ONCE)


async def small_picture(request: Request) -> bytes:
    """The body of a request of this server's own page, no larger than the pixels of one picture. Raises Refusal."""
    guards.require_same_origin(request.headers)
    try:
        with anyio.fail_after(READ_SECONDS):
            return await guards.read_body(request, PICTURE_BYTES)
    except TimeoutError as error:
        raise Refusal(408, "Too slow", Message("request.late")) from error


def pixels_of(body: bytes) -> NDArray[np.uint8]:
    """Pixels row by row, each red, green and blue, as uint8 (3, 32, 32). Raises Refusal."""
    if len(body) != PICTURE_BYTES:
        raise Refusal(400, "Bad picture", Message("request.pixels", size=len(body), wanted=PICTURE_BYTES))
    return np.frombuffer(body, np.uint8).reshape(*IMAGE_SHAPE[1:], 3).transpose(2, 0, 1)


def _nearest(request: Request, body: bytes | None) -> Response:
    service = resources.service(request.path_params["name"])
    query = _asked(request.query_params, service, body)
    first, *others = (_found(service, query, space) for space in query.spaces)
    beside = {each["space"]: each for each in others}
    return fresh({**first, "beside": beside, "metric": query.metric, "density": service.density_at(query.latent)})


@dataclass(frozen=True)
class Query:
    """What is asked: the samples nearest to `latent` (d,), `k` of them in each of the `spaces`, sample `without` left
    out.

    In pixel space `picture` uint8 (3, 32, 32) is compared; `compared` says what it is: "given", "original" or
    "decoded".
    """

    latent: NDArray[np.float32]
    picture: NDArray[np.uint8] | None
    compared: str
    spaces: tuple[str, ...]
    metric: str
    k: int
    without: int | None


def _asked(query: QueryParams, service: ExplorerService, body: bytes | None) -> Query:
    """Read a query, with the picture's pixels, row by row, red, green and blue, in its body if it has one. Raises
    Refusal.
    """
    latent, spaces = guards.latent(query, service.latent_dim), guards.choices(query, "space", SPACES)
    metric = guards.choice(query, "metric", tuple(METRICS))
    k, without = how_many(query, service), left_out(query, service)
    picture, compared = _picture(query, service, body)
    return Query(latent, picture, compared, spaces, metric, k, without)


def _picture(query: QueryParams, service: ExplorerService, body: bytes | None) -> tuple[NDArray[np.uint8] | None, str]:
    if body is not None:
        return pixels_of(body), "given"
    if "original" not in query:
        return None, "decoded"
    if not service.has_images:
        raise Refusal(404, "No originals", Message("request.originals"))
    index = guards.whole(query, "original", 0, len(service) - 1, 0)
    return service.originals(np.array([index]))[0].transpose(2, 0, 1), "original"


def _found(service: ExplorerService, query: Query, space: str) -> dict[str, Any]:
    """What lies nearest in one space: {space, against, neighbours, votes}, and `compared` in pixel space."""
    wanted = query.k if query.without is None else min(query.k + 1, len(service))
    index, distance = _search(service, query, space, wanted)
    kept = np.flatnonzero(index != (-1 if query.without is None else query.without))[: query.k]
    index, distance = index[kept], distance[kept]
    votes = np.bincount(service.latent_map.labels[index], minlength=len(service.classes))
    return {
        "space": space,
        "against": {"latent": "latents", "view": "positions"}.get(space) or pixel_source(service),
        **({"compared": query.compared} if space == "pixel" else {}),
        "neighbours": described(service, index, distance),
        "votes": votes.tolist(),
    }


def _search(service: ExplorerService, query: Query, space: str, k: int) -> Found:
    if space == "latent":
        return service.nearest_latent(query.latent, k, query.metric)
    if space == "view":
        return service.nearest_view(query.latent, k, query.metric)
    picture = query.picture
    if picture is None:
        picture = service.decode(query.latent[None])[0].transpose(2, 0, 1)  # (3, 32, 32)
    return service.nearest_pixel(picture, k, query.metric)

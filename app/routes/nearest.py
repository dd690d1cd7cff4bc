"""The samples nearest to a place: in the latent space, in pixel space, in the 3-D view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import anyio.to_thread
import numpy as np
from anyio import CapacityLimiter
from numpy.typing import NDArray
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from app import guards, resources
from app.access.clients import client_of
from app.perimeter.throttle import computing
from app.replies import Refusal, fresh
from app.routes.neighbours import described, how_many, left_out, pixel_source
from app.routes.pixels import pictures, received
from model.messages import Message
from model.search.exact import METRICS, Found
from model.space.service import ExplorerService

SPACES = ("latent", "pixel", "view")
INDEXING = CapacityLimiter(1)  # model's pixels being indexed
AT_ONCE = CapacityLimiter(1)  # search for a picture that a client has made, which may be noise: the slowest


async def nearest(request: Request) -> Response:
    """GET /api/models/NAME/nearest?z=..&k=12&space=latent,pixel,view&metric=euclidean|cosine&without=I&original=J: the
    k samples nearest to latent z in one space or several, nearest first.

    {space, against, neighbours: [{index, label, distance}], votes: [samples of each class]} of the first space named;
    `beside`: the same of each other; metric; density: {distance, percentile}. In pixel space, the decoder's image at z
    is compared, or the data set's own picture of sample `original`: `compared` says which. Euclidean distances have
    pixels in [0, 1]; the others are 1 - cosine of the angle at the origin. Sample `without` is left out of neighbours
    and votes: on a sample, that one says nothing about the place. The percentile is the share of held-out images that
    lie in denser places among the training images, 0 to 100.
    """
    if "pixel" not in request.query_params.get("space", "").split(","):
        return await anyio.to_thread.run_sync(_nearest, request, None)
    await _indexed(request)
    async with computing(client_of(request)):
        return await anyio.to_thread.run_sync(_nearest, request, None)


async def nearest_to_picture(request: Request) -> Response:
    """POST the same: the body, 32 x 32 pixels row by row, each as bytes of red, green and blue, is compared in pixel
    space. It stays in memory and is never logged.
    """
    body = await received(request)
    await _indexed(request)
    async with computing(client_of(request)):
        return await anyio.to_thread.run_sync(_nearest, request, body, limiter=AT_ONCE)


async def _indexed(request: Request) -> None:
    """Wait until the model's pixels can be searched: seconds, the first time, in which nobody's turn and one thread is
    held, however many wait.
    """
    service = await anyio.to_thread.run_sync(resources.service, request.path_params["name"])
    if not service.pixels_indexed:
        await anyio.to_thread.run_sync(service.index_pixels, limiter=INDEXING)


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
        return pictures(body)[0], "given"
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

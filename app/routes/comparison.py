"""Two models of one data set beside each other: how their clouds lie over each other, and where a picture of one lands
in the other.
"""

from __future__ import annotations

from typing import Any

import anyio
import anyio.to_thread
import numpy as np
from anyio import CapacityLimiter
from numpy.typing import NDArray
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app import resources
from app.replies import Refusal, fresh
from app.routes.neighbours import data_url
from app.routes.pixels import pictures, received
from model.messages import Message
from model.space.latent_map import VIEW
from model.space.procrustes import similarity
from model.space.service import ExplorerService

AT_ONCE = CapacityLimiter(1)  # picture being placed: the hands' decoder keeps the other cores


def routes() -> list[BaseRoute]:
    """Below /api."""
    return [
        Route("/models/{name}/alignment", alignment),
        Route("/models/{name}/place", place, methods=["POST"]),
    ]


def alignment(request: Request) -> Response:
    """GET /api/models/NAME/alignment?to=OTHER: {turn [3][3], scale, shift [3], disparity}: scale · p @ turn + shift
    brings the points p of NAME nearest to those of OTHER (Procrustes). 400 unless both show the same images and have
    no more than three numbers.
    """
    names = request.path_params["name"], request.query_params.get("to", "")
    services = [resources.service(name) for name in names]
    for name, service in zip(names, services, strict=True):
        if service.latent_dim > VIEW:
            raise Refusal(400, "Too many numbers", Message("request.align_axes", name=name, dim=service.latent_dim))
    ours, theirs = services
    if ours.fingerprint != theirs.fingerprint:
        raise Refusal(400, "Other images", Message("request.align_data", name=names[0], other=names[1]))
    found = similarity(ours.latent_map.points, theirs.latent_map.points)
    described = {"turn": found.turn.tolist(), "scale": found.scale, "shift": found.shift.tolist()}
    return fresh({**described, "disparity": found.disparity})


async def place(request: Request) -> Response:
    """POST /api/models/NAME/place, the body being 32 x 32 pixels row by row, each as bytes of red, green and blue:
    {latent [d], position [3], mse, error_percentile, reconstruction: a data URL of a PNG}. The picture is encoded as it
    is. It stays in memory and is never logged.
    """
    picture = pictures(await received(request))[0]
    service = await anyio.to_thread.run_sync(resources.service, request.path_params["name"])
    return fresh(await anyio.to_thread.run_sync(_placed, service, picture, limiter=AT_ONCE))


def _placed(service: ExplorerService, picture: NDArray[np.uint8]) -> dict[str, Any]:
    latents = service.encode(picture[None])  # (1, d)
    return {
        "latent": latents[0].tolist(),
        "position": service.latent_map.to_point(latents[0]).tolist(),
        **service.error_at(picture[None], latents),
        "reconstruction": data_url(service.decode(latents)[0]),
    }

"""Pictures through a whole network: what each layer hands on, and what comes out."""

from __future__ import annotations

import base64
from typing import Any

import anyio.to_thread
import numpy as np
from anyio import CapacityLimiter
from numpy.typing import NDArray
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app import resources
from app.replies import fresh
from app.routes.pixels import pictures, received
from model.space.service import ExplorerService

PICTURES_MOST = 16
SEEN_MOST = 3072  # values of a layer: those of a picture
AT_ONCE = CapacityLimiter(1)
Floats = NDArray[np.float32]


def routes() -> list[BaseRoute]:
    """Below /api."""
    return [
        Route("/models/{name}/layers", layers, methods=["POST"]),
        Route("/models/{name}/reconstruct", reconstruct, methods=["POST"]),
    ]


async def layers(request: Request) -> Response:
    """POST /api/models/NAME/layers: 32 x 32 pixels row by row, red, green and blue, as 3,072 bytes.

    {layers: [{half, kind, after, shape, parameters, values, low, high}]} in the order in which the picture passes them:
    `half` is encoder, latent or decoder; `kind` picture, linear, conv, transposed, residual, skip (PCA beside the
    half), latent or drawn; `after` the normalisation and activation in it. `values` are the first 3,072 at most that it
    hands on, channel by channel, as bytes in base64: 0 is `low`, 255 is `high`.
    """
    service, body = await _asked(request, 1)
    return fresh(await anyio.to_thread.run_sync(_layers, service, body, limiter=AT_ONCE))


async def reconstruct(request: Request) -> Response:
    """POST /api/models/NAME/reconstruct: 1 to 16 such pictures. {pixels: what the decoder makes of each, (k, 32, 32, 3)
    as bytes in base64; pca: the same of PCA of as many numbers, or null where the model has none beside it;
    latents [k][d]; points [k][3]}.
    """
    service, body = await _asked(request, PICTURES_MOST)
    return fresh(await anyio.to_thread.run_sync(_reconstructed, service, body, limiter=AT_ONCE))


async def _asked(request: Request, most: int) -> tuple[ExplorerService, bytes]:
    body = await received(request, most)
    return await anyio.to_thread.run_sync(resources.service, request.path_params["name"]), body


def _layers(service: ExplorerService, body: bytes) -> dict[str, Any]:
    return {"layers": [{**said, **_seen(values)} for said, values in service.layers(pictures(body)[0])]}


def _seen(values: Floats) -> dict[str, Any]:
    """The first of a layer's values, as bytes between the lowest and the highest of them."""
    flat = values.reshape(-1)[:SEEN_MOST]
    low, high = float(flat.min()), float(flat.max())
    scaled = (flat - low) * (255 / (high - low or 1))
    return {"values": _packed(scaled.round().astype(np.uint8)), "low": low, "high": high}


def _reconstructed(service: ExplorerService, body: bytes) -> dict[str, Any]:
    images = pictures(body)
    latents, linear = service.encode(images), service.by_pca(images)
    return {
        "pixels": _packed(service.decode(latents)),
        "pca": None if linear is None else _packed(linear),
        "latents": latents.tolist(),
        "points": service.latent_map.to_point(latents).tolist(),
    }


def _packed(values: NDArray[np.uint8]) -> str:
    return base64.b64encode(values.tobytes()).decode()

"""Nearest samples as the API asks for them and writes them."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray
from starlette.datastructures import QueryParams

from app import guards
from app.contract import NEAREST_MOST
from app.replies import Refusal, png
from model.messages import Message
from model.space.service import ExplorerService

DEFAULT = 12


def how_many(query: QueryParams, service: ExplorerService) -> int:
    """k of the query: 12 by default, 50 at most, and no more than there are samples. Raises Refusal."""
    return min(guards.whole(query, "k", 1, NEAREST_MOST, DEFAULT), len(service))


def left_out(query: QueryParams, service: ExplorerService) -> int | None:
    """The sample `without` of the query, which its own neighbours leave out; None where there is none. Raises
    Refusal.
    """
    if "without" not in query:
        return None
    if len(service) == 1:
        raise Refusal(400, "Nothing left", Message("request.only_sample"))
    return guards.whole(query, "without", 0, len(service) - 1, 0)


def described(
    service: ExplorerService, index: NDArray[np.int64], distance: NDArray[np.float32]
) -> list[dict[str, Any]]:
    """[{index, label, distance}] of samples index (k,) at distance (k,)."""
    label = service.latent_map.labels[index]
    return [
        {"index": int(i), "label": int(c), "distance": float(d)} for i, c, d in zip(index, label, distance, strict=True)
    ]


def pixel_source(service: ExplorerService) -> str:
    """What pixel distances are measured against: "originals" or "reconstructions"."""
    return "originals" if service.has_images else "reconstructions"


def data_url(pixels: NDArray[np.uint8]) -> str:
    """Pixels (h, w, 3) as a PNG in a data URL."""
    return "data:image/png;base64," + base64.b64encode(png(pixels)).decode()

"""Small pictures as bytes in a request's body: 32 x 32 pixels row by row, each red, green and blue."""

from __future__ import annotations

import math

import anyio
import numpy as np
from numpy.typing import NDArray
from starlette.requests import Request

from app import guards
from app.replies import Refusal
from model.config import IMAGE_SHAPE
from model.messages import Message

PICTURE_BYTES = math.prod(IMAGE_SHAPE)
READ_SECONDS = 10  # for 3 kB each
Pixels = NDArray[np.uint8]


async def received(request: Request, most: int = 1) -> bytes:
    """The body of a request of this server's own page, `most` pictures at most; it stays in memory. Raises Refusal."""
    guards.require_same_origin(request.headers)
    try:
        with anyio.fail_after(READ_SECONDS):
            return await guards.read_body(request, most * PICTURE_BYTES)
    except TimeoutError as error:
        raise Refusal(408, "Too slow", Message("request.late")) from error


def pictures(body: bytes) -> Pixels:
    """uint8 (k, 3, 32, 32), k at least 1. Raises Refusal (400)."""
    if not body or len(body) % PICTURE_BYTES:
        raise Refusal(400, "Bad picture", Message("request.pixels", size=len(body), wanted=PICTURE_BYTES))
    rows = np.frombuffer(body, np.uint8).reshape(-1, *IMAGE_SHAPE[1:], 3)  # (k, 32, 32, 3)
    return rows.transpose(0, 3, 1, 2)  # (k, 3, 32, 32)

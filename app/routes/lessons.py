"""What the lessons of the Learn page ask for: fits by the work queue, the last of them kept for the next learner."""

from __future__ import annotations

import hashlib
import logging
import os
from collections import OrderedDict

import numpy as np
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app import guards
from app.replies import NO_SNIFFING, Refusal
from app.routes import heavy
from app.state import kept
from app.work.work_queue import Work
from model import background
from model.lessons.manifold_fit import METHODS, MODULE, Floats, Order
from model.messages import Message

LOG = logging.getLogger(__name__)
POINTS = range(20, 2001)
SPACE_MOST = 64  # m
FOUND_MOST = 128  # of at most 16 kB
FARTHEST = 1000
SECONDS = 40
BYTES = 4  # of a number


def routes() -> list[BaseRoute]:
    """Below /api."""
    return [Route("/lessons/manifold", manifold, methods=["POST"])]


async def manifold(request: Request) -> Response:
    """POST /api/lessons/manifold?method=pca|isomap|lle|autoencoder&m=3&d=2: points float32 (n, m) in, 20 to 2,000 of
    them, m up to 64; the d numbers, 1 or 2, that the method recovers for each out, float32 (n, d); both row by row,
    little-endian.

    Made by the work queue: 503 while too many wait, 429 while two fits of this client do.
    """
    order = await _order(request)
    key = hashlib.sha256(order.pack()).hexdigest()
    found = _found().get(key)
    if found is None:
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        work = Work("fit", background.command(MODULE), order.pack, SECONDS, environment)
        found = await _made(request, key, work)
    return Response(found, media_type="application/octet-stream", headers={"Cache-Control": "no-store", **NO_SNIFFING})


async def _order(request: Request) -> Order:
    """What is asked for. Raises Refusal."""
    guards.require_same_origin(request.headers)
    query = request.query_params
    method = guards.choice(query, "method", tuple(METHODS))
    m, d = guards.whole(query, "m", 3, SPACE_MOST, 3), guards.whole(query, "d", 1, 2, 2)
    body = await guards.read_body(request, POINTS[-1] * SPACE_MOST * BYTES)
    return Order(method, d, _points(body, m))


def _points(body: bytes, m: int) -> Floats:
    count, rest = divmod(len(body), BYTES * m)
    points = np.frombuffer(body[: count * BYTES * m], "<f4").reshape(-1, m)
    if rest or count not in POINTS or not (np.abs(points) <= FARTHEST).all():  # NaN is not
        message = Message("lesson.points", most=POINTS[-1], m=m, farthest=FARTHEST, size=len(body))
        raise Refusal(400, "Bad points", message)
    return points


async def _made(request: Request, key: str, work: Work) -> bytes:
    outcome = await heavy.made(request, key, work)
    if outcome.status is None:
        raise Refusal(503, "Too slow", Message("lesson.slow", seconds=SECONDS), heavy.LATER)
    if outcome.status:
        LOG.warning("A fit failed: %s", outcome.errors)
        raise Refusal(422, "No fit", Message("lesson.unfitted"))
    _found()[key] = outcome.out
    while len(_found()) > FOUND_MOST:
        _found().popitem(last=False)
    return outcome.out


@kept
def _found() -> OrderedDict[str, bytes]:
    """Answers by what was asked: a class asks for the same. Used from the event loop alone."""
    return OrderedDict()

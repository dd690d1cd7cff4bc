"""What the lessons of the Learn page ask for: fits by the work queue, the last of them kept for the next learner."""

from __future__ import annotations

import hashlib
import logging
import os
from collections import OrderedDict
from typing import Any

import numpy as np
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app import guards, resources
from app.contract import FIT_POINTS_MOST, FIT_SPACE_MOST
from app.replies import NO_SNIFFING, Refusal, fresh
from app.routes import queued
from app.routes.neighbours import data_url
from app.state import kept
from app.work.process import Work
from model import background
from model.lessons import compression as compression_command
from model.lessons.compression import DIMS, Basis
from model.lessons.manifold_fit import METHODS, MODULE, FitJob, Floats
from model.messages import Message
from model.space.service import ExplorerService

LOG = logging.getLogger(__name__)
POINTS = range(20, FIT_POINTS_MOST + 1)
FOUND_MOST = 128  # of at most 16 kB
FARTHEST = 1000
SECONDS = 40
BASIS_SECONDS = 120
BASES_MOST = 4  # of 1.6 MB
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
BYTES = 4  # of a number


def routes() -> list[BaseRoute]:
    """Below /api."""
    return [
        Route("/lessons/manifold", manifold, methods=["POST"]),
        Route("/models/{name}/compression", compression),
    ]


async def manifold(request: Request) -> Response:
    """POST /api/lessons/manifold?method=pca|isomap|lle|autoencoder&m=3&d=2: points float32 (n, m) in, 20 to 2,000 of
    them, m up to 64; the d numbers, 1 or 2, that the method recovers for each out, float32 (n, d); both row by row,
    little-endian.

    Made by the work queue: 503 while too many wait, 429 while two fits of this client do.
    """
    job = await _job(request)
    key = hashlib.sha256(job.pack()).hexdigest()
    found = _found().get(key)
    if found is None:
        work = Work("fit", background.command(MODULE), job.pack, SECONDS, {**os.environ, **ONE_THREAD})
        found = await _made(request, key, work)
        _found()[key] = found
        while len(_found()) > FOUND_MOST:
            _found().popitem(last=False)
    return Response(found, media_type="application/octet-stream", headers={"Cache-Control": "no-store", **NO_SNIFFING})


async def _job(request: Request) -> FitJob:
    """What is asked for. Raises Refusal."""
    guards.require_same_origin(request.headers)
    query = request.query_params
    method = guards.choice(query, "method", tuple(METHODS))
    m, d = guards.whole(query, "m", 3, FIT_SPACE_MOST, 3), guards.whole(query, "d", 1, 2, 2)
    body = await guards.read_body(request, POINTS[-1] * FIT_SPACE_MOST * BYTES)
    return FitJob(method, d, _points(body, m))


def _points(body: bytes, m: int) -> Floats:
    count, rest = divmod(len(body), BYTES * m)
    points = np.frombuffer(body[: count * BYTES * m], "<f4").reshape(-1, m)
    if rest or count not in POINTS or not (np.abs(points) <= FARTHEST).all():  # NaN is not
        message = Message("lesson.points", most=POINTS[-1], m=m, farthest=FARTHEST, size=len(body))
        raise Refusal(400, "Bad points", message)
    return points


async def compression(request: Request) -> Response:
    """GET /api/models/NAME/compression?i=I: what PCA keeps of sample I in d numbers, fitted to the data set of the
    model: {dims [9], errors [9]: mean squared per pixel of this sample, mse [9]: of the test images, train, test: how
    many images it was fitted to and judged by, strip: a data URL, its pictures in one row of 32 x 32 tiles}; 409
    without the data set. The first who asks waits for the fit, by the work queue.
    """
    service = await run_in_threadpool(resources.service, request.path_params["name"])
    (index,) = guards.indices(request.query_params, "i", len(service), 1)
    if not service.has_images:
        raise Refusal(409, "No images", Message("lesson.originals"))
    dataset = resources.dataset_of(service.card)
    key = f"{dataset} {service.card['data']['fingerprint']}"
    if key not in _bases():
        _bases()[key] = Basis.unpack(await _made(request, key, _basis_work(dataset)))
        while len(_bases()) > BASES_MOST:
            _bases().popitem(last=False)
    return fresh(await run_in_threadpool(_kept_by, _bases()[key], service, index))


def _kept_by(basis: Basis, service: ExplorerService, index: int) -> dict[str, Any]:
    original = service.originals(np.array([index]))[0].transpose(2, 0, 1)  # (3, 32, 32)
    kept, errors = basis.beside(original)
    return {
        "dims": DIMS,
        "errors": errors.tolist(),
        "mse": basis.mse.tolist(),
        "train": int(basis.counts[0]),
        "test": int(basis.counts[1]),
        "strip": data_url(np.concatenate(kept.transpose(0, 2, 3, 1), axis=1)),  # (32, 288, 3)
    }


def _basis_work(dataset: str) -> Work:
    settings = resources.settings()
    data = {"EXPLORER_DATA": str(settings.data.resolve())} if settings.data else {}
    home = {"EXPLORER_HOME": str(settings.home.resolve())}
    environment = {**os.environ, **ONE_THREAD, **home, **data}
    return Work("fit", background.command(compression_command.MODULE, dataset), bytes, BASIS_SECONDS, environment)


async def _made(request: Request, key: str, work: Work) -> bytes:
    outcome = await queued.outcome(request, key, work)
    if outcome.status is None:
        raise Refusal(503, "Too slow", Message("lesson.slow", seconds=round(work.seconds)), queued.LATER)
    if outcome.status:
        LOG.warning("A fit failed: %s", outcome.errors)
        raise Refusal(422, "No fit", Message("lesson.unfitted"))
    return outcome.out


@kept
def _found() -> OrderedDict[str, bytes]:
    """Answers by what was asked: a class asks for the same. Used from the event loop alone."""
    return OrderedDict()


@kept
def _bases() -> OrderedDict[str, Basis]:
    """The PCA of each data set that was asked for. Used from the event loop alone."""
    return OrderedDict()

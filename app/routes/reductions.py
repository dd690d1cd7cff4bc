"""Types of dimension reduction: other methods' clouds of a model's test images, and how well each keeps neighbourhoods.

What ships is at hand; all else is computed by the work queue, one method at a time, and kept in the cache.
"""

from __future__ import annotations

import logging
import os
from contextlib import suppress
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app import resources
from app.replies import Asset, Refusal, cached, fresh
from app.routes import queued
from app.work import kept_files
from app.work.process import Outcome, Work
from model import background
from model.data.catalogue import OWN
from model.errors import DataError
from model.messages import Message
from model.reduction.methods import COUNT_MOST, METHODS
from model.reduction.stored import EDITION, Reductions, drawn, shipped
from model.registry import find_model
from model.space.service import ExplorerService

LOG = logging.getLogger(__name__)
AUTOENCODER = "autoencoder"  # in place of a method: the model itself, on the same images
KEPT_MOST = 128  # files of some 10 kB
SECONDS_MOST = 600
STARTING, COMPILING = 5.0, 10.0  # seconds until a process begins to compute
SAID = ("name", "title", "family", "call", "supervised", "places", "decodes", "source")


def routes() -> list[BaseRoute]:
    """Below /api."""
    listed = "/models/{name}/reductions"
    return [
        Route(listed, reductions),
        Route(listed + "/samples", samples),
        Route(listed + "/{method}/points", points),
        Route(listed + "/{method}", compute, methods=["POST"]),
    ]


def reductions(request: Request) -> Response:
    """GET /api/models/NAME/reductions: {n, has_images, made, methods: [{name, title, family, call, supervised, places,
    decodes, source, installed, expected, facts}], model: facts}.

    `facts` are {seconds, trustworthiness, continuity, knn_accuracy}, null where they are not computed yet; those of the
    model are of its latents of the same n test images, and its seconds those of its training. `expected`: seconds.
    """
    service = _service(request)
    known = _known(service, *METHODS, AUTOENCODER)
    share = len(known.samples) / COUNT_MOST
    methods = [
        {
            **{key: value for key, value in asdict(method).items() if key in SAID},
            "installed": method.is_installed,
            "expected": round(method.seconds * share + STARTING + COMPILING * method.compiled, 1),
            "facts": known.facts.get(name),
        }
        for name, method in METHODS.items()
    ]
    model = known.models.get(_weights(service))
    return fresh(
        {
            "n": len(known.samples),
            "has_images": service.has_images,
            "made": known.made,
            "methods": methods,
            "model": model,
        }
    )


def samples(request: Request) -> Response:
    """GET .../reductions/samples: which test images they are of, int32 (n,), little-endian."""
    service = _service(request)
    return _bytes(request, _known(service).samples.astype("<i4").tobytes(), f"{service.fingerprint}-samples-{EDITION}")


def points(request: Request) -> Response:
    """GET .../reductions/METHOD/points: float32 (n, 3), little-endian, the farthest coordinate being 1; 404 where they
    are not computed yet.
    """
    service, name = _service(request), _method(request)
    known = _known(service, name).points
    if name not in known:
        raise Refusal(404, "Not computed", Message("reducing.uncomputed"))
    body = np.ascontiguousarray(known[name], "<f4").tobytes()
    return _bytes(request, body, f"{service.fingerprint}-{name}-{EDITION}")


async def compute(request: Request) -> Response:
    """POST .../reductions/METHOD: compute it, or "autoencoder", unless it is there; answered with its facts.

    Made by the work queue for as long as somebody waits: who leaves gives it up. 409 without the images, 503 while too
    many wait, 429 while this client's last one is computed.
    """
    service = await run_in_threadpool(_service, request)
    name = request.path_params["method"]
    name = name if name == AUTOENCODER else _method(request)
    facts = _facts(await run_in_threadpool(_known, service, name), service, name)
    if facts is None:
        if not service.has_images:
            raise Refusal(409, "No images", Message("reducing.no_images"))
        path = _path(service, name)
        outcome = await queued.outcome(request, path, _work(request.path_params["name"], service, name))
        made = _read(outcome, service)
        await run_in_threadpool(kept_files.keep, path, made.pack(), KEPT_MOST)
        facts = _facts(made, service, name)
    return fresh(facts)


def _service(request: Request) -> ExplorerService:
    return resources.service(request.path_params["name"])


def _method(request: Request) -> str:
    name: str = request.path_params["method"]
    if name not in METHODS:
        raise Refusal(404, "No such method", Message("reducing.unknown", name=name[:40], known=", ".join(METHODS)))
    return name


def _weights(service: ExplorerService) -> str:
    return str(service.card["weights_sha256"][:16])


def _facts(known: Reductions, service: ExplorerService, name: str) -> Any:
    return known.models.get(_weights(service)) if name == AUTOENCODER else known.facts.get(name)


def _path(service: ExplorerService, name: str) -> Path:
    """Where the result is kept; many models' facts do not drive out the methods'."""
    folder = resources.settings().home / "cache" / "reductions"
    if name == AUTOENCODER:
        return folder / "models" / f"{service.fingerprint}-{_weights(service)}-{EDITION}.npz"
    return folder / f"{service.fingerprint}-{name}-{EDITION}.npz"


def _known(service: ExplorerService, *names: str) -> Reductions:
    """What ships of the model's test images, and what was computed here by the methods `names`."""
    found = shipped(service.fingerprint) or Reductions(service.fingerprint, drawn(len(service)))
    for path in (_path(service, name) for name in names):
        try:
            found = found.joined(_loaded(path, path.stat().st_mtime_ns))
        except FileNotFoundError:
            continue
        except OSError as error:
            LOG.warning("%s", error)
        except DataError as error:
            LOG.warning("%s", error)
            with suppress(OSError):
                path.unlink()  # or else it would be computed anew and never kept
    return found


@lru_cache(maxsize=KEPT_MOST)
def _loaded(path: Path, _stamp: int) -> Reductions:
    return Reductions.load(path)


def _work(name: str, service: ExplorerService, method: str) -> Work:
    settings = resources.settings()
    dataset = resources.dataset_of(service.card)
    given = ("--data", str(settings.data.resolve())) if dataset == OWN and settings.data else ("--dataset", dataset)
    what = ("--method", method)
    if method == AUTOENCODER:
        what = ("--model", str(find_model(name, settings.models).resolve()))
    command = background.command("model.reduce", *given, *what, "--out", "-", "--cause")
    threads = {"OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}
    environment = {**os.environ, "EXPLORER_HOME": str(settings.home.resolve()), **threads}
    return Work("reduction", command, seconds=SECONDS_MOST, environment=environment)


def _read(outcome: Outcome, service: ExplorerService) -> Reductions:
    """What the process found of these images. Raises DataError."""
    if outcome.status is None:
        raise DataError("reducing.slow", seconds=SECONDS_MOST)
    if outcome.status:
        LOG.warning("A reduction failed: %s", outcome.errors)
        raise DataError(queued.cause(outcome.errors) or Message("reducing.failed"))
    made = Reductions.read(outcome.out, "output")
    if made.fingerprint != service.fingerprint:  # the images have changed since the server opened them
        raise DataError("reducing.failed")
    return made


def _bytes(request: Request, body: bytes, tag: str) -> Response:
    return cached(request, tag, lambda: Asset.pack(body, "application/octet-stream", tag), lasting=False)

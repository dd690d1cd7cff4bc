"""Downloads of a model in the formats of other tools: made once, kept in the cache, so that a class may press at
once.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from app import resources
from app.replies import NO_SNIFFING, Refusal
from app.routes import queued
from app.work import kept_files
from app.work.process import Outcome, Work
from model import background
from model.errors import ExportError
from model.export.formats import FORMATS, packed_name
from model.messages import Message
from model.registry import find_model

LOG = logging.getLogger(__name__)
EDITION = 1  # of the files' layout: another one makes the kept files old
KEPT_MOST = 32
SECONDS_MOST = 300
MEDIA = {"csv": "text/csv", "npz": "application/octet-stream", "parquet": "application/vnd.apache.parquet"}


def routes() -> list[BaseRoute]:
    """The download's route, below /api."""
    return [Route("/models/{name}/export/{format}", export)]


async def export(request: Request) -> Response:
    """GET /api/models/NAME/export/FORMAT: the model as onnx, csv, npz, parquet, projector or safetensors; one file, or
    several in a ZIP archive.

    Made by the work queue: 503 while too many wait, 429 while too many of this client's own do.
    """
    name, kind = request.path_params["name"], request.path_params["format"]
    if kind not in FORMATS:
        raise Refusal(404, "Unknown format", Message("export.format", kind=kind[:40], known=", ".join(FORMATS)))
    path = await run_in_threadpool(_place, name, kind)
    if not path.is_file():
        outcome = await queued.outcome(request, path, _work(name, kind))
        await run_in_threadpool(kept_files.keep, path, _file(name, kind, outcome), KEPT_MOST)
    headers = {"Cache-Control": "no-cache", **NO_SNIFFING}
    return FileResponse(
        path, media_type=MEDIA.get(kind, "application/zip"), filename=packed_name(name, kind), headers=headers
    )


def _place(name: str, kind: str) -> Path:
    """Where the export is kept: the name changes with everything that the file is made of."""
    service = resources.service(name)
    made_of = json.dumps([EDITION, name, service.version, service.card], sort_keys=True)
    return (
        resources.settings().home / "cache" / "exports" / f"{hashlib.sha256(made_of.encode()).hexdigest()[:24]}.{kind}"
    )


def _work(name: str, kind: str) -> Work:
    """`python -m model.export`: PyTorch's exporter, or 10,000 lines of a table, would hold up every hand on the
    page.
    """
    settings = resources.settings()
    environment = {**os.environ, "EXPLORER_HOME": str(settings.home.resolve()), "OMP_NUM_THREADS": "1"}
    folder = find_model(name, settings.models).resolve()
    data = ("--data", str(settings.data.resolve())) if settings.data else ()
    command = background.command("model.export", str(folder), "--to", kind, "--out", "-", "--cause", *data)
    return Work("export", command, seconds=SECONDS_MOST, environment=environment)


def _file(name: str, kind: str, outcome: Outcome) -> bytes:
    """What the process wrote. Raises ExportError."""
    if outcome.status is None:
        raise ExportError("export.slow", seconds=SECONDS_MOST)
    if outcome.status:
        LOG.warning("The export of %r as %s failed: %s", name, kind, outcome.errors)
        raise ExportError(queued.cause(outcome.errors) or Message("export.failed"))
    return outcome.out

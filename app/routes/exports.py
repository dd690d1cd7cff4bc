"""Downloads of a model in the formats of other tools: made once, kept in the cache, so that a class may press at
once.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import threading
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from app import resources
from app.replies import NO_SNIFFING, Refusal
from app.routes import heavy
from app.state import kept
from app.work.work_queue import Outcome, Work
from model import background
from model.errors import ExportError
from model.export.formats import FORMATS, packed_name
from model.files import write_atomically
from model.messages import Message, words_of
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
        outcome = await heavy.made(request, path, _work(name, kind))
        await run_in_threadpool(_keep, path, _file(name, kind, outcome))
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
        raise ExportError(_message(outcome.errors))
    return outcome.out


@kept
def _keeping() -> threading.Lock:
    return threading.Lock()


def _keep(path: Path, content: bytes) -> None:
    """Keep the export, unless somebody who waited for the same did. Raises Refusal."""
    try:
        with _keeping():  # two who wait for the same file would write under one temporary name
            if path.is_file():
                return
            _forget_oldest(path.parent)
            write_atomically(path, lambda file: file.write(content))
    except OSError as error:
        LOG.warning("The export %s could not be kept (%s).", path, error)
        raise Refusal(507, "No room", Message("export.unkept", reason=words_of(error))) from error


def _message(said: str) -> Message:
    """What the process said of itself; nobody but the log sees a traceback."""
    lines = {start: line for line in said.splitlines() if (start := line.partition(": ")[0]) in ("error", "cause")}
    try:
        cause = Message.read(json.loads(lines["cause"].removeprefix("cause: ")))
    except (KeyError, ValueError):
        cause = None
    return cause or Message(lines.get("error", "").removeprefix("error: ") or "export.failed")


def _forget_oldest(folder: Path) -> None:
    """Keep room: exports of models that changed or went away are never asked for again."""
    kept = sorted(folder.glob("*.*"), key=lambda path: path.stat().st_mtime) if folder.is_dir() else []
    for path in kept[: max(0, len(kept) + 1 - KEPT_MOST)]:
        path.unlink(missing_ok=True)

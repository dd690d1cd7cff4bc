"""Downloads of a model in the formats of other tools: made once, one at a time, kept in the cache, so that a class may press at once."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from app import resources
from app.replies import NO_SNIFFING, Refusal
from model.errors import ExportError
from model.exports import FORMATS, OF_SAMPLES, packed, packed_name, sample_files, weight_files
from model.files import write_atomically
from model.registry import find_model

LOG = logging.getLogger(__name__)
ROOT = Path(__file__).resolve().parent.parent
EDITION = 1  # of the files' layout: another one makes the kept files old
KEPT_MOST = 32
SECONDS_MOST = 300
MEDIA = {"csv": "text/csv", "npz": "application/octet-stream", "parquet": "application/vnd.apache.parquet"}
_WORKER = ThreadPoolExecutor(1, thread_name_prefix="export")  # one at a time; those who wait hold no thread of the server


def routes() -> list[BaseRoute]:
    """The download's route, below /api."""
    return [Route("/models/{name}/export/{format}", export)]


async def export(request: Request) -> Response:
    """GET /api/models/NAME/export/FORMAT: the model as onnx, csv, npz, parquet, projector or safetensors; one file, or several in a ZIP archive."""
    name, kind = request.path_params["name"], request.path_params["format"]
    if kind not in FORMATS:
        raise Refusal(404, "Unknown format", f"There is no format {kind[:40]!r}. Known are: {', '.join(FORMATS)}.")
    path = await run_in_threadpool(_place, name, kind)
    if not path.is_file():
        await asyncio.wrap_future(_WORKER.submit(_make, name, kind, path))
    headers = {"Cache-Control": "no-cache", **NO_SNIFFING}
    return FileResponse(path, media_type=MEDIA.get(kind, "application/zip"), filename=packed_name(name, kind), headers=headers)


def _place(name: str, kind: str) -> Path:
    """Where the export is kept: the name changes with everything that the file is made of."""
    service = resources.service(name)
    made_of = json.dumps([EDITION, name, service.version, service.card], sort_keys=True)
    return resources.settings().home / "cache" / "exports" / f"{hashlib.sha256(made_of.encode()).hexdigest()[:24]}.{kind}"


def _make(name: str, kind: str, path: Path) -> None:
    """Make the export, unless somebody who came before did."""
    if path.is_file():
        return
    content = _content(name, kind)
    try:
        _forget_oldest(path.parent)
        write_atomically(path, lambda file: file.write(content))
    except OSError as error:
        LOG.warning("The export %s could not be kept (%s).", path, error)
        detail = f"The server could not write the file ({error.strerror}). Free some space in the folder that EXPLORER_HOME names, and try again."
        raise Refusal(507, "No room", detail) from error


def _content(name: str, kind: str) -> bytes:
    if kind == "onnx":
        return _by_a_process(name, kind)
    files = sample_files(resources.service(name), name, kind) if kind in OF_SAMPLES else weight_files(find_model(name, resources.settings().models))
    return packed(files, name, kind)[1]


def _by_a_process(name: str, kind: str) -> bytes:
    """What `python -m model.export` writes, run at low priority: PyTorch's exporter would hold up every hand on the page. Raises ExportError."""
    settings = resources.settings()
    environment = {**os.environ, "EXPLORER_HOME": str(settings.home), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "model.export", str(find_model(name, settings.models).resolve()), "--to", kind, "--out", "-", "--background"]
    try:
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=SECONDS_MOST, check=False)
    except subprocess.TimeoutExpired as error:
        raise ExportError(f"The export took longer than {SECONDS_MOST} seconds and was given up. Try again when the server has less to do.") from error
    if done.returncode:
        LOG.warning("The export of %r as %s failed: %s", name, kind, done.stderr.decode(errors="replace"))
        raise ExportError(_sentence(done.stderr.decode(errors="replace")))
    return done.stdout


def _sentence(said: str) -> str:
    """What the process said of itself; nobody but the log sees a traceback."""
    lines = [line.removeprefix("error: ") for line in said.splitlines() if line.startswith("error: ")]
    return lines[-1] if lines else "The export failed for a reason that the log tells. Try again."


def _forget_oldest(folder: Path) -> None:
    """Keep room: exports of models that changed or went away are never asked for again."""
    kept = sorted(folder.glob("*.*"), key=lambda path: path.stat().st_mtime) if folder.is_dir() else []
    for path in kept[: max(0, len(kept) + 1 - KEPT_MOST)]:
        path.unlink(missing_ok=True)

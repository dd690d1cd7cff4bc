"""Files for the browser: the modules of app/web, and Plotly, so that no other host is asked."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from app import contract
from app.replies import HANDLERS, KINDS_OF_FILES, Asset, Refusal, cached, tag_of
from model import view
from model.messages import Message

NAME_MOST = 100  # characters of a file's name: the system would complain of more than 255 bytes
WEB = Path(__file__).parents[1] / "web"
# `shared` holds descriptions only: what is served below that name is made of SHARED
FOLDERS = {folder.name: folder for folder in WEB.iterdir() if folder.is_dir() and folder.name != "shared"}
SHARED: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {  # where they stand, and what they are
    "view.js": ("model/view.py", view.numbers),
    "contract.js": ("app/contract.py", contract.values),
}
IMPORTED = re.compile(r'^(?:import|export)\b[^;]*?from "(\.{1,2}/[^"]+\.js)"', re.MULTILINE)
# The bundle that draws in 3-D and nothing else (npm's plotly.js-gl3d-dist-min 4.1.1, MIT): a third of the whole
# library. The page reads
# private fields of it (web/view/plotly_internals.js), so another version needs the browser tests.
PLOTLY = Path(__file__).parents[2] / "assets" / "plotly" / "plotly-gl3d.min.js"


def routes() -> list[BaseRoute]:
    """/explorer/...: everything that a page loads. Below one version, modules of one folder find those of the other at
    ../FOLDER/FILE.
    """
    inner = [
        Route("/plotly.min.js", plotly),
        Route("/shared/{file}", shared),
        Route("/{version}/shared/{file}", shared),
        Route("/{folder}/{file}", module),
        Route("/{version}/{folder}/{file}", module),
    ]
    return [Mount("/explorer", app=Starlette(routes=inner, exception_handlers=HANDLERS))]


def plotly(request: Request) -> Response:
    """GET /explorer/plotly.min.js, packed once; with ?v= (its tag) browsers keep it."""
    asset = plotly_asset()
    return cached(request, asset.tag, lambda: asset, request.query_params.get("v") == asset.tag)


@lru_cache(maxsize=1)
def plotly_asset() -> Asset:
    """plotly.min.js and its gzip copy."""
    body = PLOTLY.read_bytes()
    return Asset.pack(body, KINDS_OF_FILES[".js"], tag_of(body), level=9)


def plotly_file() -> dict[str, str | int]:
    """What a page must know to load it: the address, and its bytes over the line and unpacked."""
    asset = plotly_asset()
    address = f"/explorer/plotly.min.js?v={asset.tag}"
    return {"address": address, "packed": len(asset.packed or b""), "plain": len(asset.body)}


def module(request: Request) -> Response:
    """GET /explorer/FOLDER/FILE, or /explorer/VERSION/FOLDER/FILE, which browsers keep (see `scene_version`); FOLDER is
    one of those in app/web.
    """
    folder, name = FOLDERS.get(request.path_params["folder"]), request.path_params["file"]
    path = folder / name if folder else None
    if (
        path is None
        or path.suffix not in KINDS_OF_FILES
        or path.parent != folder
        or len(name) > NAME_MOST
        or not path.is_file()
    ):
        raise _no_such_file(name)
    stamp = path.stat().st_mtime_ns
    asset, (version, stamps) = _asset(path, stamp), _look(int(time.monotonic()))
    lasting = request.path_params.get("version") == version and stamps.get(path) == stamp
    return cached(request, asset.tag, lambda: asset, lasting)


def _no_such_file(name: str) -> Refusal:
    return Refusal(404, "No such file", Message("request.file", name=name[:80]))


def shared(request: Request) -> Response:
    """GET /explorer/VERSION/shared/FILE: values that the page shares with the server, one of SHARED."""
    name = request.path_params["file"]
    if name not in SHARED:
        raise _no_such_file(name)
    asset = _shared(name)
    return cached(request, asset.tag, lambda: asset, request.path_params.get("version") == scene_version())


@cache
def _shared(name: str) -> Asset:
    body = shared_source(name).encode()
    return Asset.pack(body, KINDS_OF_FILES[".js"], tag_of(body))


def shared_source(name: str) -> str:
    """The text of the module `name`, one of SHARED."""
    source, values = SHARED[name]
    lines = [f"export const {each} = {json.dumps(value)};\n" for each, value in values().items()]
    return f"/** Written from {source}, which says what these are. */\n\n" + "".join(lines)


def scene_version() -> str:
    """Names the content of all these files: modules that import each other by relative address share it.

    Two hundred files are looked at, so this is done once a second: each of a page's hundred requests needs it.
    """
    return _look(int(time.monotonic()))[0]


@lru_cache(maxsize=1)
def _look(second: int) -> tuple[str, Mapping[Path, int]]:
    """The version, and of each file in it when it was changed."""
    files = sorted(path for folder in FOLDERS.values() for path in folder.glob("*") if path.suffix in KINDS_OF_FILES)
    stamps = {path: path.stat().st_mtime_ns for path in files}
    tags = [*(_shared(name).tag for name in SHARED), *(_asset(path, stamp).tag for path, stamp in stamps.items())]
    return tag_of("".join(tags).encode()), stamps


def reachable(*entries: str) -> Mapping[str, int]:
    """The addresses of these modules (FOLDER/FILE) and of all that they import, with their bytes over the line: so a
    browser need not find them one after another, and knows how far it is.
    """
    return _reachable(scene_version(), entries)


@lru_cache(maxsize=16)
def _reachable(version: str, entries: tuple[str, ...]) -> Mapping[str, int]:
    found: dict[str, None] = {}
    waiting = list(entries)
    while waiting:
        file = waiting.pop()
        if file not in found:
            found[file] = None
            folder = file.split("/")[0]
            for imported in IMPORTED.findall(_named(file).body.decode()):
                parts = imported.split("/")
                waiting.append("/".join(parts[-2:]) if imported.startswith("../") else f"{folder}/{parts[-1]}")
    return {f"explorer/{version}/{file}": len(_named(file).packed or b"") for file in sorted(found)}


def _named(file: str) -> Asset:
    folder, name = file.split("/")
    if folder not in FOLDERS:
        return _shared(name)
    path = FOLDERS[folder] / name
    return _asset(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=1024)  # more than there are files
def _asset(path: Path, stamp: int) -> Asset:
    body = path.read_bytes()
    return Asset.pack(body, KINDS_OF_FILES[path.suffix], tag_of(body), level=9)

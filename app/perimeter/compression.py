"""Streamlit's own scripts and sheets leave compressed, each packed once: it serves them as they are, 2.8 MB for a first
page.

gzip only: browsers offer better encodings to https and to their own machine alone, so a class on http://192.168...
would not have them.
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

import streamlit
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.replies import KINDS_OF_FILES, Asset, accepts_gzip, cached, tag_of

STATIC = Path(streamlit.__file__).parent / "static"


class Compression:
    """ASGI layer in front of Streamlit: its scripts and sheets come packed, everything else goes through as it is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            return await self._app(scope, receive, send)
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        if path in names() and accepts_gzip(Headers(scope=scope)):
            asset = await run_in_threadpool(packed, path)
            request = Request(scope)
            return await cached(request, asset.tag, lambda: asset, lasting=True)(scope, receive, send)
        return await self._app(scope, receive, send)


@cache
def names() -> dict[str, Path]:
    """Streamlit's scripts and sheets by address: their names carry a hash of their content, so browsers may
    keep them.
    """
    files = (path for folder in ("js", "css") for path in (STATIC / "static" / folder).glob("*"))
    return {f"/static/{path.parent.name}/{path.name}": path for path in files if path.suffix in KINDS_OF_FILES}


@lru_cache(maxsize=512)  # more than one page of ours asks for, fewer bytes than Streamlit has files
def packed(name: str) -> Asset:
    """A file of `names`, compressed once; only that copy is kept."""
    path = names()[name]
    body = path.read_bytes()
    return Asset.pack(body, KINDS_OF_FILES[path.suffix], tag_of(body), keep_body=False, level=9)

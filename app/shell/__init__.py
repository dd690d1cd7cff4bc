"""The HTML in which Streamlit's client starts: ours, because the client has to know something first (start.js)."""

from __future__ import annotations

import gzip
from functools import lru_cache
from pathlib import Path

import streamlit
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from app import assets
from app.replies import accepts_gzip

INDEX = Path(streamlit.__file__).parent / "static" / "index.html"


def routes() -> list[BaseRoute]:
    """The pages' addresses."""
    return [Route("/", page), Route("/train", page)]


def pages() -> tuple[str, ...]:
    """Every HTML in which a page starts, for whoever must know its scripts."""
    return (INDEX.read_text(encoding="utf-8"),)


def page(request: Request) -> Response:
    """GET of a page: Streamlit's HTML with what we add."""
    body = _html(assets.scene_version()).encode()
    headers = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if accepts_gzip(request.headers):
        return HTMLResponse(gzip.compress(body, 6, mtime=0), headers={**headers, "Content-Encoding": "gzip"})
    return HTMLResponse(body, headers=headers)


@lru_cache(maxsize=4)
def _html(version: str) -> str:
    html = INDEX.read_text(encoding="utf-8")
    return html.replace("<head>", f'<head><script src="./explorer/{version}/shell/start.js" defer></script>', 1)

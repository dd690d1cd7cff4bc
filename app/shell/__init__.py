"""The HTML in which Streamlit's client starts: ours, because the client has to know something first (start.js)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import streamlit
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app import assets
from app.replies import Asset, cached, tag_of

INDEX = Path(streamlit.__file__).parent / "static" / "index.html"


def routes() -> list[BaseRoute]:
    """The pages' addresses."""
    return [Route("/", page), Route("/train", page)]


def pages() -> tuple[str, ...]:
    """Every HTML in which a page starts, for whoever must know its scripts."""
    return (INDEX.read_text(encoding="utf-8"),)


def page(request: Request) -> Response:
    """GET of a page: Streamlit's HTML with what we add."""
    asset = _page(assets.scene_version())
    return cached(request, asset.tag, lambda: asset, lasting=False)


@lru_cache(maxsize=4)
def _page(version: str) -> Asset:
    html = INDEX.read_text(encoding="utf-8")
    body = html.replace("<head>", f'<head><script src="./explorer/{version}/shell/start.js" defer></script>', 1).encode()
    return Asset.pack(body, "text/html; charset=utf-8", tag_of(body))

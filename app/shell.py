"""The HTML in which Streamlit's client starts, where that has to know something first."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

# Below /train the client would look for its server at /train/_stcore first, and write two errors into the console.
_WHERE = '<script>window.__streamlit = { BACKEND_BASE_URL: new URL(".", location.href).href }</script>'


def below_root(_: Request) -> Response:
    """GET of a page with an address of its own: Streamlit's HTML, told that the server is one step above."""
    return HTMLResponse(_html(), headers={"Cache-Control": "no-cache"})


def pages() -> tuple[str, ...]:
    """Every HTML in which a page starts: Streamlit's own, and what this module makes of it."""
    return _streamlit(), _html()


@cache
def _html() -> str:
    return _streamlit().replace("<head>", "<head>" + _WHERE, 1)


@cache
def _streamlit() -> str:
    return (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")

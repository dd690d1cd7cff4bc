"""The HTML in which the page starts: Streamlit's, with our words in it from the first byte, and what has to run before
its client (start.js).

On Explore the scene itself begins there (begin.js), as it needs Streamlit for nothing; Streamlit's files then come
after its own.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any

import streamlit
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app import resources
from app.pages import EXPLORE, PAGES, PageEntry
from app.perimeter import compression
from app.replies import Asset, AssetCache, cached, tag_of
from app.replies import language as accepted
from app.routes import assets, downloads
from app.state import kept
from app.text import LANGUAGES, strings
from app.theme import theme
from app.views import scene
from app.views.link import View

HTML = "text/html; charset=utf-8"
PAGES_MOST = 32  # of some 120 kB: most people open the same few
APP = Path(__file__).parents[1]
INDEX = Path(streamlit.__file__).parent / "static" / "index.html"
COLOURS = {
    "textColor": "--st-text-color",
    "backgroundColor": "--st-background-color",
    "secondaryBackgroundColor": "--st-secondary-background-color",
    "borderColor": "--st-border-color",
    "primaryColor": "--st-primary-color",
}
NAMED = re.compile(r'(?:src|href)="\./(static/(?:js|css)/[^"]+)"')
LATER = re.compile(r'<link(?=\s+rel="(?:modulepreload|preload)")')


def routes() -> list[BaseRoute]:
    """The pages' addresses."""
    others = [entry for entry in PAGES if entry is not EXPLORE]
    return [Route("/", explore), *(Route(f"/{entry.name}", partial(other, entry)) for entry in others)]


def pages() -> tuple[str, ...]:
    """Every HTML in which a page starts, for whoever must know its scripts."""
    return (_streamlit(),)


def explore(request: Request) -> Response:
    """GET /: the link says which model, which language and which view."""
    language, query = _language(request), request.query_params
    model = resources.model_for(query.get("model"))
    if model:
        downloads.want_for(model)  # before the scene asks how far it is
    opening = scene.opening(model, language, strings(language), View.from_query(query)) if model else None
    return _page(request, language, opening, assets.reachable(EXPLORE.module, "start/begin.js") if opening else {})


def other(entry: PageEntry, request: Request) -> Response:
    """GET /train and the like: it starts with Streamlit, so the words count Streamlit's files as well."""
    theirs = {name.removeprefix("/"): len(compression.packed(name).packed or b"") for name in _named()}
    return _page(request, _language(request), None, {**assets.reachable(entry.module, "start/begin.js"), **theirs})


def _language(request: Request) -> str:
    asked = request.query_params.get("lang", "")
    return asked if asked in LANGUAGES else accepted(request)


def _page(request: Request, language: str, opening: dict[str, Any] | None, files: Mapping[str, int]) -> Response:
    said = strings(language)
    start = {
        "files": files,
        "scene": opening,
        "strings": {key: said[key] for key in said if key.startswith("loading.")},
    }
    modules = tuple(file for file in files if file.endswith(".js") and file.startswith("explorer/"))
    body = (
        _template(assets.scene_version(), modules, opening is not None)
        .replace("@lang@", language)
        .replace("@words@", html.escape(said["loading.code"]))
        .replace("@start@", json.dumps(start, ensure_ascii=False).replace("<", "\\u003c"))
        .encode()
    )
    tag = tag_of(body)
    answer = cached(request, tag, lambda: _packed().get(tag, lambda: Asset.pack(body, HTML, tag)), lasting=False)
    answer.headers["Vary"] = "Accept-Encoding, Accept-Language"
    return answer


@kept
def _packed() -> AssetCache:
    return AssetCache(PAGES_MOST)


@lru_cache(maxsize=8)
def _template(version: str, modules: tuple[str, ...], ours_first: bool) -> str:
    base = f"./explorer/{version}/start"
    head = [
        f"<style>{_theme()}{_sheet('start.css')}{_sheet('header.css')}</style>",
        f'<script src="{base}/start.js" defer></script>',
        *(f'<link rel="modulepreload" href="./{file}">' for file in modules),
        f'<script type="module" src="{base}/begin.js"></script>',
    ]
    body = [
        '<div id="mx-early"></div>',
        '<div id="mx-loading" class="mx-loading" data-testid="loading">',
        '<p role="status">@words@</p><progress max="1"></progress><p aria-hidden="true"></p></div>',
        '<script type="application/json" id="mx-start">@start@</script>',
    ]
    if not modules:  # nothing of ours comes: Streamlit's own page says why
        head, body = head[:2], []
    page = _streamlit().replace('<html lang="en">', '<html lang="@lang@">', 1)
    if ours_first:
        page = LATER.sub('<link fetchpriority="low"', page)
    page = page.replace("<head>", "<head>" + "\n".join(head), 1)
    return page.replace("</body>", "\n".join(body) + "</body>", 1)


def _sheet(file: str) -> str:
    return (assets.FOLDERS["start"] / file).read_text(encoding="utf-8")


@cache
def _theme() -> str:
    """The theme's colours as Streamlit names them for components, for the time before it does; a saved choice stands on
    <html> (start.js).
    """
    light, dark = (";".join(f"{css}:{theme(name)[key]}" for key, css in COLOURS.items()) for name in ("light", "dark"))
    font = re.search(r'href="(\./static/media/SourceSansVF-Upright[^"]+)"', _streamlit())
    face = (
        f'@font-face{{font-family:"Source Sans";font-weight:200 900;font-display:swap;src:url("{font[1]}")}}'
        if font
        else ""
    )
    return (
        f'{face}#mx-early,#mx-loading,body{{{light};--st-font:"Source Sans",sans-serif}}'
        f"@media(prefers-color-scheme:dark){{html:not([data-mx-theme=Light]) :is(#mx-early,#mx-loading),"
        f"html:not([data-mx-theme=Light]) body{{{dark}}}}}"
        f"html[data-mx-theme=Dark] :is(#mx-early,#mx-loading),html[data-mx-theme=Dark] body{{{dark}}}"
        "body{background:var(--st-background-color)}"
    )


@cache
def _named() -> tuple[str, ...]:
    return tuple("/" + name for name in NAMED.findall(_streamlit()))


@cache
def _streamlit() -> str:
    return INDEX.read_text(encoding="utf-8")

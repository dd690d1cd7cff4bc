"""A page of the app's origin with nothing in it, for tests that mount a part by its own call."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.conftest import Visit
from tests.web import Server


def bare_page(visit: Visit, server: Server) -> Page:
    """An open page without a page of the app."""
    page = visit(server, model="flat", lang="en").page
    page.goto(f"{server.url}/api/health")
    page.evaluate("document.body.replaceChildren()")
    return page

"""The watch over a page: nothing on its console but talk, no error, no request to another host."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Error, Page

HERE = "127.0.0.1"
LOUD = ("error", "warning", "assert")
PLOTLY_MEASURES_ITS_LABELS = (
    r"Canvas2D: Multiple readback .*plotly\.min\.js"  # a hint of Chromium to plotly.js, which we do not change
)


class Watch:
    """Collects what should not happen; `allow` says what one test brings about on purpose."""

    def __init__(self) -> None:
        self._seen: list[str] = []
        self._allowed = [PLOTLY_MEASURES_ITS_LABELS]

    @property
    def problems(self) -> list[str]:
        """What happened and was not allowed."""
        return [problem for problem in self._seen if not any(re.search(pattern, problem) for pattern in self._allowed)]

    def allow(self, pattern: str) -> None:
        """Expect problems in which `pattern` is found."""
        self._allowed.append(pattern)

    def over(self, page: Page) -> None:
        """Watch `page` from its first request on."""
        page.on("console", self._console)
        page.on("pageerror", self._error)
        page.on("request", lambda request: self._host(request.url))
        page.on("websocket", lambda socket: self._host(socket.url))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in LOUD:
            self._seen.append(f"console {message.type}: {message.text} ({message.location['url']})")

    def _error(self, error: Error) -> None:
        self._seen.append(f"page error: {error}")

    def _host(self, url: str) -> None:
        if urlsplit(url).hostname not in (None, HERE):  # data: and blob: addresses have no host
            self._seen.append(f"request to another host: {url}")

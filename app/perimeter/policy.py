"""What a browser may do with our answers: the headers of every answer, and the content security policy of pages."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.routes import page

ALWAYS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"}
# The camera is for the picture that a person takes; nothing here needs the rest.
PERMISSIONS = "camera=(self), microphone=(), geolocation=(), payment=(), usb=(), serial=(), midi=(), display-capture=()"
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_SAFE_HOST = re.compile(r"[A-Za-z0-9.:\[\]_-]+")


class PagePolicy:
    """Adds the headers; `frames` are the origins whose pages may show this one in a frame, besides its own."""

    def __init__(self, app: ASGIApp, frames: tuple[str, ...]) -> None:
        self._app, self._frames = app, frames

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(MutableHeaders(scope=message), Headers(scope=scope).get("host", ""))
            await send(message)

        await self._app(scope, receive, with_headers)

    def _add(self, headers: MutableHeaders, host: str) -> None:
        for name, value in ALWAYS.items():
            headers.setdefault(name, value)
        if headers.get("content-type", "text/html").startswith(
            "text/html"
        ):  # 304 names no type, and renews a kept page's headers
            headers["Content-Security-Policy"] = content_policy(host, self._frames)
            headers["Permissions-Policy"] = PERMISSIONS


def content_policy(host: str, frames: tuple[str, ...]) -> str:
    """The policy of a page at `host`: everything from this server, and nothing else."""
    # Safari does not count them to 'self'
    sockets = [f"ws://{host}", f"wss://{host}"] if _SAFE_HOST.fullmatch(host) else []
    rules = {
        "default-src": ["'none'"],
        "script-src": ["'self'", "blob:", *inline_scripts()],  # Streamlit makes a blob of a component's script
        "style-src": ["'self'", "'unsafe-inline'"],  # Streamlit and Plotly write their styles while they run
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'", "data:"],  # Streamlit's style sheet brings one of them along
        "connect-src": ["'self'", *sockets],
        "media-src": ["'self'", "blob:"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'self'", *frames],
    }
    return "; ".join(" ".join([name, *sources]) for name, sources in rules.items())


@cache
def inline_scripts() -> tuple[str, ...]:
    """The digests of the scripts that stand in the HTML of our pages."""
    bodies = dict.fromkeys(body for html in page.pages() for body in _INLINE.findall(html))
    return tuple(f"'sha256-{base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()}'" for body in bodies)

"""What a proxy says of the browser behind it, believed only where the settings say that there is one."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from app.perimeter.layer import REQUESTS

SAID = (b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-forwarded-port", b"x-real-ip", b"forwarded")
SECURE = {"http": "https", "websocket": "wss"}


class ForwardedHeaders:
    """Puts the client, the Host and the scheme that the nearest proxy names in the place of its own; else takes such
    headers away.

    What stands behind this layer reads `scope["client"]`, the Host and the scheme, and need not know of proxies.
    """

    def __init__(self, app: ASGIApp, believed: bool) -> None:
        self._app, self._believed = app, believed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in REQUESTS:
            said = _said(scope) if self._believed else {}
            headers = [(name, value) for name, value in scope["headers"] if name not in SAID]
            scope = {**scope, "headers": headers, **said}
            if host := said.pop("host", None):
                others = [(name, value) for name, value in headers if name != b"host"]
                scope["headers"] = [(b"host", host.encode("latin-1")), *others]
        await self._app(scope, receive, send)


def _said(scope: Scope) -> dict[str, Any]:
    """Of a header's several values the last counts: the nearest proxy wrote it, the others anybody could have sent."""
    headers = Headers(scope=scope)
    said: dict[str, Any] = {}
    if client := _last(headers, "x-forwarded-for"):
        said["client"] = (client, 0)
    if host := _last(headers, "x-forwarded-host"):
        said["host"] = host
    if _last(headers, "x-forwarded-proto") in ("https", "wss"):
        said["scheme"] = SECURE[scope["type"]]
    return said


def _last(headers: Headers, name: str) -> str:
    return ",".join(headers.getlist(name)).rpartition(",")[2].strip()

"""The base of the layers: an ASGI middleware that lets a request pass or answers it."""

from __future__ import annotations

from abc import ABC, abstractmethod

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.replies import Refusal, refused

REQUESTS = ("http", "websocket")
POLICY_VIOLATION = 1008


class Layer(ABC):
    """Refuses what `check` raises a Refusal for: HTTP with its status, a WebSocket before the handshake ends (403)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in REQUESTS:
            return await self._app(scope, receive, send)
        try:
            self.check(HTTPConnection(scope))
        except Refusal as refusal:
            if scope["type"] == "websocket":
                return await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": ""})
            return await self.answer(Request(scope), refusal)(scope, receive, send)
        await self._app(scope, receive, send)

    @abstractmethod
    def check(self, connection: HTTPConnection) -> None:
        """Raise Refusal for a request that must not pass."""

    def answer(self, request: Request, refusal: Refusal) -> Response:
        """What a refused HTTP request gets."""
        return refused(request, refusal)

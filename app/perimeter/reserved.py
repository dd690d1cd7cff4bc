"""Streamlit's routes that nothing here uses: uploads into memory, media, metrics, sign-in, components of files, the
interface for agents.
"""

from __future__ import annotations

from starlette.requests import HTTPConnection

from app.perimeter.layer import Layer
from app.replies import Refusal
from model.messages import Message

RESERVED = ("/_stcore", "/media", "/component", "/auth", "/oauth2callback", "/app/static")
USED = ("/_stcore/health", "/_stcore/host-config", "/_stcore/stream", "/media")
READING = ("GET", "HEAD")


class UnusedRoutes(Layer):
    """Answers 404 for them, and 405 for whatever does not read a route that is used."""

    def check(self, connection: HTTPConnection) -> None:
        path = connection.scope["path"]
        if not _below(path, RESERVED):
            return
        if not _below(path, USED):
            raise Refusal(404, "Not Found", Message("request.nothing", path=path))
        if connection.scope["type"] == "http" and connection.scope["method"] not in READING:
            method = Message("request.method", method=connection.scope["method"])
            raise Refusal(405, "Method Not Allowed", method)


def _below(path: str, prefixes: tuple[str, ...]) -> bool:
    return any(path == prefix or path.startswith(f"{prefix}/") for prefix in prefixes)

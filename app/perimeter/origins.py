"""Whose pages may ask: those that this server sent."""

from __future__ import annotations

from starlette.requests import HTTPConnection

from app.guards import require_same_origin
from app.perimeter.layer import Layer


class SameOrigin(Layer):
    """Refuses (403) every request and WebSocket that carries another page's Origin, before Streamlit looks at it.

    Streamlit would compare a foreign Origin with this machine's outside address, and ask another host for it within the
    event loop.
    """

    def check(self, connection: HTTPConnection) -> None:
        require_same_origin(connection.headers)

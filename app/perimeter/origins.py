"""Whose pages may ask: those that this server sent."""

from __future__ import annotations

from starlette.requests import HTTPConnection

from app.guards import same_origin
from app.perimeter.layer import Layer
from app.replies import Refusal

WHY = "This address answers only pages of this server. Behind a proxy that changes the Host, set EXPLORER_PROXY=1."


class SameOrigin(Layer):
    """Refuses (403) every request and WebSocket that carries another page's Origin, before Streamlit looks at it.

    Streamlit would compare a foreign Origin with this machine's outside address, and ask another host for it within the event loop.
    """

    def check(self, connection: HTTPConnection) -> None:
        if not same_origin(connection.headers):
            raise Refusal(403, "Other origin", WHY)

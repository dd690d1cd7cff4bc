"""Under which names the server answers: DNS rebinding lends a foreign name to this machine's number."""

from __future__ import annotations

import html
import ipaddress
import re
import socket

from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp

from app.perimeter.layer import Layer
from app.replies import Refusal
from app.text.errors import translated
from model.messages import Message

LOCAL = "localhost"
MISDIRECTED = 421
SHOWN = 80  # characters of a name that is refused
_HOST = re.compile(r"(?:\[(?P<six>[0-9a-fA-F:.]+)\]|(?P<name>[A-Za-z0-9._-]+))(?::\d{1,5})?")


class AllowedHosts(Layer):
    """Lets pass whose Host is a number, localhost, the machine's own name, or one of `names`.

    A page of a rebound name sends that name as Host, never a number: browsers send what stands in their address bar.
    """

    def __init__(self, app: ASGIApp, names: tuple[str, ...]) -> None:
        super().__init__(app)
        own = socket.gethostname()
        self._names = {name.lower().rstrip(".") for name in (LOCAL, own, f"{own}.local", *names)}

    def check(self, connection: HTTPConnection) -> None:
        hosts = connection.headers.getlist("host")
        if len(hosts) != 1 or not self._allowed(hosts[0]):
            raise Refusal(MISDIRECTED, "Unknown host", _sentence(" ".join(hosts)))

    def answer(self, request: Request, refusal: Refusal) -> Response:
        if "text/html" not in request.headers.get("accept", ""):
            return super().answer(request, refusal)
        said = "".join(
            f'<p lang="{language}">{html.escape(translated(refusal.detail, language))}</p>' for language in ("en", "ko")
        )
        page = f'<!doctype html><meta charset="utf-8"><title>Manifold Explorer</title>{said}'
        return HTMLResponse(page, MISDIRECTED, headers={"Cache-Control": "no-store"})

    def _allowed(self, host: str) -> bool:
        found = _HOST.fullmatch(host)
        if not found:
            return False
        name = (found["six"] or found["name"]).lower().rstrip(".")
        return name in self._names or name.endswith(f".{LOCAL}") or _is_number(name)


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _sentence(host: str) -> Message:
    name = host.rpartition(":")[0] or host
    return Message("request.host", name=name[:SHOWN])

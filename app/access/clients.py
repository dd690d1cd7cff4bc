"""Who asks: a browser by its signed cookie, and the address that it asks from.

Nobody signs in. A cookie tells browsers apart, because a whole campus may sit behind one address; whoever sends none
shares one place with all the others of that address who send none.
"""

from __future__ import annotations

import ipaddress
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.access.signing import signed, text_of

COOKIE = "explorer_client"
PURPOSE = "client"
ID_BYTES = 12
SECONDS_KEPT = 60 * 60 * 24 * 400  # browsers keep none for longer
NOWHERE = "unknown"
NETWORK_BITS = 64  # of an IPv6 address: a household has all that begin so
_START = time.time() - time.monotonic()


def now() -> float:
    """Seconds as time.time() has them, but never set back: who was served before stays so."""
    return _START + time.monotonic()


@dataclass(frozen=True)
class Client:
    """One who asks: `cookie` is the browser's random id and when it got it, None without a valid cookie; `address` is a
    number or a network of numbers.
    """

    cookie: str | None
    address: str

    @property
    def key(self) -> tuple[str, str]:
        """Names the client in tables: the browser, or all who come from the address without a cookie."""
        return ("browser", self.cookie) if self.cookie else ("address", self.address)

    @cached_property
    def made(self) -> float | None:
        """When the cookie was made, as `now` counts; 0 for one that does not say. None without one."""
        if self.cookie is None:
            return None
        _, dot, seconds = self.cookie.rpartition(".")
        return min(float(seconds), now()) if dot and seconds.isdecimal() else 0.0


def client_of(asking: Scope | HTTPConnection) -> Client:
    """Who sends this request or opens this WebSocket. What a proxy says of the address stands in the scope already,
    where it is believed.
    """
    connection = asking if isinstance(asking, HTTPConnection) else HTTPConnection(asking)
    return client_from(connection.cookies, connection.client.host if connection.client else None)


def client_from(cookies: Mapping[str, str], address: str | None) -> Client:
    """The same of the cookies and the address, as a Streamlit session knows them; a session without a browser has no
    text there.
    """
    cookie = cookies.get(COOKIE)
    known = address if isinstance(address, str) and address else NOWHERE
    return Client(text_of(PURPOSE, cookie if isinstance(cookie, str) else None), _network(known))


def _network(address: str) -> str:
    try:
        number = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(number, ipaddress.IPv4Address):
        return str(number)
    if number.ipv4_mapped:
        return str(number.ipv4_mapped)
    return str(ipaddress.ip_network((number, NETWORK_BITS), strict=False))


class ClientCookie:
    """ASGI middleware: a page that is loaded without a valid cookie brings one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _loads_page(scope) or client_of(scope).cookie:
            return await self._app(scope, receive, send)

        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_page(message):
                MutableHeaders(scope=message).append("Set-Cookie", _set_cookie(secure=scope["scheme"] == "https"))
            await send(message)

        await self._app(scope, receive, with_cookie)


def _loads_page(scope: Scope) -> bool:
    return scope["method"] == "GET" and "text/html" in HTTPConnection(scope).headers.get("accept", "")


def _is_page(start: Message) -> bool:
    return start["status"] == 304 or MutableHeaders(scope=start).get("content-type", "").startswith("text/html")


def _set_cookie(secure: bool) -> str:
    value = signed(PURPOSE, f"{secrets.token_urlsafe(ID_BYTES)}.{int(now())}")
    return f"{COOKIE}={value}; Path=/; Max-Age={SECONDS_KEPT}; HttpOnly; SameSite=Lax{'; Secure' if secure else ''}"

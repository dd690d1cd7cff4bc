"""The limits of `app/perimeter/limits.py` held at the door: ASGI middleware in front of the API and of Streamlit.

Who asks too fast waits a moment; where the moment would be long, a sentence says so (429). Costly answers are made two
at a time, one of each client, so that they never hold the threads that all else needs; and pages of other sites cannot
ask for them. A question holds nothing before it is there whole: one that comes at a byte a second waits alone.
"""

from __future__ import annotations

import asyncio
import math
import re
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache

from starlette.datastructures import QueryParams
from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as Event

from app.access.clients import Client, client_of
from app.guards import foreign
from app.perimeter.limits import buckets, pace, places
from app.perimeter.sockets import sockets
from app.replies import Refusal, refused
from app.state import kept
from model.messages import Message

PATIENCE = 2.0  # seconds that a request may wait for its turn before it is refused
PAUSE = 0.5  # seconds until a refusal is sent: who asks on and on would be work otherwise
COSTLY_AT_ONCE = 2
BRIEF_MOST = 2000  # brief answers that one address waits for; a class of 200 that opens a page asks for 1,200 at once
TRY_LATER = 1013  # of a WebSocket
QUESTION_MOST = 64 * 1024  # bytes of a body; whatever is longer is refused behind this layer
OTHER_SITES = ("cross-site",)
ANY_METHOD = "*"
MODEL = "/api/models/[^/]+"


@dataclass(frozen=True)
class Rule:
    """Requests of one kind. `limit` names its rows in `limits.RATES` and, where it has one, `limits.AT_ONCE`."""

    limit: str
    method: str
    path: re.Pattern[str]
    query: tuple[str, str] | None = None  # a parameter and one of its values, which commas separate
    costly: bool = False  # a thread computes for long
    places: bool = False
    linked: bool = False  # pages of other sites may lead here
    brief: bool = False  # waits for nothing: no model, no images, no body

    def fits(self, scope: Scope) -> bool:
        """Whether the request is of this kind."""
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        if self.method not in (method, ANY_METHOD) or not self.path.fullmatch(scope["path"]):
            return False
        if self.query is None:
            return True
        name, value = self.query
        return value in QueryParams(scope["query_string"]).get(name, "").split(",")


RULES = (  # the first that fits
    Rule("films", "GET", re.compile(r"/api/films/.+/film\.[^/]*|" + MODEL + "/export/.*")),
    Rule("frames", "GET", re.compile(r"/api/films/.+/(points|rows)"), costly=True, places=True),
    Rule("pictures", "GET", re.compile(MODEL + r"/(sheet|images/.*|reconstructions/.*)"), costly=True, places=True),
    Rule("pictures", "GET", re.compile(MODEL + "/compression")),  # may wait for the queue: it holds no place
    # takes its turn by itself, when the model's index is there (`app/routes/nearest.py`)
    Rule("neighbours", "GET", re.compile(MODEL + "/nearest"), query=("space", "pixel"), places=True),
    Rule("neighbours", "POST", re.compile(MODEL + "/nearest"), places=True),
    Rule("searches", "GET", re.compile(MODEL + "/(nearest|alignment)")),
    Rule("films", "POST", re.compile(MODEL + r"/walk\.[^/]*")),
    Rule("films", "POST", re.compile(MODEL + "/reductions/.*")),
    Rule("frames", "GET", re.compile(MODEL + "/reductions(/.*)?"), costly=True, places=True),
    Rule("walks", "POST", re.compile(MODEL + "/walk"), costly=True, places=True),
    Rule("uploads", "POST", re.compile(MODEL + "/encode")),  # takes its place by itself (`app/routes/uploads.py`)
    Rule("passes", "POST", re.compile(MODEL + "/(layers|reconstruct)"), costly=True, places=True),
    Rule("placings", "POST", re.compile(MODEL + "/place"), costly=True, places=True),
    Rule("names", "POST", re.compile(MODEL + "/axes")),
    Rule("codes", "GET", re.compile(r"/api/qr\.svg"), costly=True),
    Rule("uploads", "POST", re.compile("/api/lessons/manifold")),  # may wait for the queue: it holds no place
    Rule("trainings", "POST", re.compile(r"/api/runs(/[^/]+/resume)?")),
    Rule("health", "GET", re.compile("/api/health|/_stcore/health"), linked=True),
    Rule("lists", "GET", re.compile("/api/(models|films)"), linked=True, brief=True),
    Rule("lists", "GET", re.compile("/api/(models|films|datasets|runs|class)(/.*)?"), linked=True),
    Rule("files", "GET", re.compile(".*", re.DOTALL), linked=True, brief=True),  # pages, their scripts, and all else
    Rule("files", ANY_METHOD, re.compile(".*", re.DOTALL), linked=True),
)
SESSIONS = re.compile(r".*/_stcore/stream")
HANDS = re.compile(MODEL + "/decode")


class Limiting:
    """ASGI middleware; stands behind the layer that knows the client behind a proxy."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            return await self._socket(scope, receive, send)
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        rule = next(rule for rule in RULES if rule.fits(scope))
        try:
            if rule.places and rule.method == "POST":
                receive = await _whole(receive)
            async with _admitted(rule, scope):
                await self._answer(rule, scope, receive, send)
        except Refusal as refusal:
            await refused(Request(scope), refusal)(scope, receive, send)

    async def _answer(self, rule: Rule, scope: Scope, receive: Receive, send: Send) -> None:
        """A turn is given back when the answer begins to be sent: a slow line is no work."""
        if not (rule.costly or rule.brief):
            return await self._app(scope, receive, send)
        client = client_of(scope)
        async with AsyncExitStack() as turn:
            await turn.enter_async_context(computing(client) if rule.costly else _answering(client))

            async def and_give_back(message: Event) -> None:
                await turn.aclose()
                await send(message)

            await self._app(scope, receive, and_give_back)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        of_page = SESSIONS.fullmatch(scope["path"])
        kind = "pages" if of_page else "hands" if HANDS.fullmatch(scope["path"]) else None
        if kind is None:
            return await self._app(scope, receive, send)
        client = client_of(scope)
        if not sockets(kind).admits(client):
            return await _turn_away(scope, receive, send)
        asked = _paced(receive, client) if of_page else receive
        if not await sockets(kind).hold(client, lambda: self._serve(scope, asked, send)):
            with suppress(OSError, RuntimeError):  # it may be closed already
                await send({"type": "websocket.close", "code": TRY_LATER, "reason": ""})

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)


async def _whole(receive: Receive) -> Receive:
    """Receive the body; what it came as is given again."""
    events, size = deque[Event](), 0
    while size <= QUESTION_MOST:
        events.append(event := await receive())
        size += len(event.get("body", b""))
        if not event.get("more_body"):
            break

    async def again() -> Event:
        return events.popleft() if events else await receive()

    return again


@asynccontextmanager
async def computing(client: Client) -> AsyncIterator[None]:
    """A turn among those who compute. A client waits with one request at a time, so that turns go round among them."""
    await places("turns").enter(client, None)
    try:
        async with _computing(asyncio.get_running_loop()):
            yield
    finally:
        places("turns").give(client)


@asynccontextmanager
async def _answering(client: Client) -> AsyncIterator[None]:
    """One of the brief answers that an address has at once: what many connections ask for would stand before every hand
    otherwise. Raises Refusal.
    """
    asked = _brief()
    if asked[client.address] >= BRIEF_MOST:
        raise too_much(PATIENCE)
    asked[client.address] += 1
    try:
        await places("brief").enter(client, None)
        try:
            yield
        finally:
            places("brief").give(client)
    finally:
        asked[client.address] -= 1
        if not asked[client.address]:
            del asked[client.address]


@kept
def _brief() -> Counter[str]:
    """How many brief answers each address waits for or is given."""
    return Counter()


@kept
def _semaphores() -> Callable[[asyncio.AbstractEventLoop], asyncio.Semaphore]:
    return lru_cache(maxsize=1)(lambda loop: asyncio.Semaphore(COSTLY_AT_ONCE))


def _computing(loop: asyncio.AbstractEventLoop) -> asyncio.Semaphore:
    return _semaphores()(loop)


@asynccontextmanager
async def _admitted(rule: Rule, scope: Scope) -> AsyncIterator[None]:
    """Wait until the request may begin. Raises Refusal."""
    if not rule.linked and HTTPConnection(scope).headers.get("sec-fetch-site") in OTHER_SITES:
        raise foreign()
    client = client_of(scope)
    if (delay := buckets(rule.limit).delay(client)) > PATIENCE:
        await asyncio.sleep(PAUSE)
        raise too_much(delay)
    if rule.places and not await places(rule.limit).enter(client, PATIENCE):
        raise too_much(PATIENCE)
    try:
        if (delay := buckets(rule.limit).delay(client)) > PATIENCE:  # those before it have taken theirs
            raise too_much(delay)
        if delay := buckets(rule.limit).take(client):
            await asyncio.sleep(delay)
        yield
    finally:
        if rule.places:
            places(rule.limit).give(client)


def too_much(seconds: float) -> Refusal:
    """To one who asks faster than a client may."""
    wait = max(1, math.ceil(seconds))
    return Refusal(429, "Too many requests", Message("request.often", seconds=wait), wait)


def _paced(receive: Receive, client: Client) -> Receive:
    """Messages of a page, each of which may run it anew, no faster than a client may send them."""

    async def receive_paced() -> Event:
        message = await receive()
        if message["type"] == "websocket.receive":
            await pace("reruns", client)
        return message

    return receive_paced


async def _turn_away(scope: Scope, receive: Receive, send: Send) -> None:
    """Refuse a WebSocket before its handshake ends, with the sentence where the server can send one."""
    await receive()  # websocket.connect
    answer = refused(Request({**scope, "type": "http", "method": "GET"}), too_much(PATIENCE))
    if "websocket.http.response" not in scope.get("extensions", {}):
        return await send({"type": "websocket.close", "code": TRY_LATER, "reason": ""})
    await send({"type": "websocket.http.response.start", "status": answer.status_code, "headers": answer.raw_headers})
    await send({"type": "websocket.http.response.body", "body": answer.body, "more_body": False})

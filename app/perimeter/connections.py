"""What one connection may hold: how long its header, how slow its bytes, how many connections of one address.

uvicorn's protocols with limits added. Once a WebSocket is open, only its pings and its end pass here: nothing is added
to a message.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from app.text import language_of
from app.text.errors import told
from model.messages import Message

CHUNK_OVERHEAD = 16  # bytes on the wire for one of a chunked body: a chunk of one byte costs six
REFUSED_MOST = 64  # connections that are told why they are refused; more at once are only cut


@dataclass(frozen=True)
class Limits:
    """Times in seconds, sizes in bytes."""

    connections: int = 8192
    per_address: int = 4096  # a campus may sit behind one address
    header_seconds: float = 15.0  # for a whole header, from its first byte or from the connection's start
    header_bytes: int = 32 * 1024
    header_lines: int = 100
    url_bytes: int = 8 * 1024
    rate: int = 1024  # the least bytes a second, in either direction ...
    patience: float = 20.0  # ... below which a connection may fall for so long
    check_seconds: float = 5.0  # between two looks at a connection
    farewell_seconds: float = 5.0  # in which a refused client may read why
    # of a refused body that are received and dropped, because a client reads the answer after it has sent all
    dropped_bytes: int = 256 << 20


class Places:
    """The connections that are open, by address."""

    def __init__(self, limits: Limits) -> None:
        self._limits, self._open = limits, Counter[str]()

    def take(self, address: str) -> Callable[[], None] | None:
        """A place, as the function that gives it back; None where all are taken."""
        if self._open.total() >= self._limits.connections or self._open[address] >= self._limits.per_address:
            return None
        self._open[address] += 1
        return lambda: self._give(address)

    def _give(self, address: str) -> None:
        self._open[address] -= 1
        if not self._open[address]:
            del self._open[address]


class _Patient:
    """A transport as the answer to one request sees it: `close` is another's decision."""

    def __init__(self, transport: asyncio.Transport, close: Callable[[], None]) -> None:
        self.write, self.is_closing, self.close = transport.write, transport.is_closing, close


class LimitedHttp(HttpToolsProtocol):
    """HTTP/1.1 with deadlines: answers 408, 413, 414, 431 or 503 and hangs up where one is passed."""

    _refusing = 0  # connections that linger, of all

    def __init__(self, *args: Any, limits: Limits, places: Places, **named: Any) -> None:
        super().__init__(*args, **named)
        self.access_log = False  # Streamlit gives uvicorn's loggers their handlers back
        self._limits, self._places = limits, places
        self._leave: Callable[[], None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._refused = self._in_header = self._in_body = self._hang_up = False
        self._since = 0.0  # when the header began
        self._header = self._wire = self._body = self._dropped = 0  # bytes of this request
        self._arrived = self._unsent = 0  # at the last look: bytes that had arrived, bytes that waited to be sent
        self._total = 0
        self._drained = False
        self._slow = 0.0

    # From the transport

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._begin_header()
        self._leave = self._places.take(self.client[0] if self.client else "")
        if self._leave is None:
            return self._refuse(503, "Too many connections", Message("request.connections"))
        self._look_later()

    def connection_lost(self, exc: Exception | None) -> None:
        self._let_go()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._total += len(data)
        if self._refused:
            return self._drop(len(data))
        if not self._in_header and not self._in_body:
            self._begin_header()
        self._header += len(data) if self._in_header else 0
        self._wire += len(data) if self._in_body else 0
        super().data_received(data)
        if self._refused:
            return
        if self._in_header and self._header > self._limits.header_bytes:
            self._refuse_header()
        elif self._in_body and self._wire > self._limits.header_bytes + CHUNK_OVERHEAD * self._body:
            self._refuse(400, "Bad body", Message("request.chunks"))
        elif self._in_body and self.cycle.response_complete:
            self._drop(len(data))

    def resume_writing(self) -> None:
        self._drained = True
        super().resume_writing()

    # From the parser

    def on_message_begin(self) -> None:
        self._begin_header()
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._in_header and not self._refused:  # what follows a chunked body is read by nobody
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        if self._refused:
            return
        self._in_header, self._in_body = False, True
        self._wire = self._body = self._dropped = 0
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if len(self.url) > self._limits.url_bytes:
            self._refuse(414, "Address too long", Message("request.address", most=self._limits.url_bytes))
        elif size > self._limits.header_bytes or len(self.headers) > self._limits.header_lines:
            self._refuse_header()
        else:
            super().on_headers_complete()
            if self.cycle is not None:  # not before a WebSocket
                self.cycle.transport = cast(asyncio.Transport, _Patient(self.transport, self._close))

    def on_body(self, body: bytes) -> None:
        if not self._refused:
            self._body += len(body)
            super().on_body(body)

    def on_message_complete(self) -> None:
        if not self._refused:
            self._in_body = False
            super().on_message_complete()
            if self._hang_up:
                self.transport.close()

    def handle_websocket_upgrade(self) -> None:
        if self._refused:
            return
        super().handle_websocket_upgrade()
        protocol = self.transport.get_protocol()
        if isinstance(protocol, LimitedWebSocket):
            protocol.leave, self._leave = self._leave, None
        self._let_go()

    # Deadlines

    def _begin_header(self) -> None:
        if not self._in_header:
            self._in_header, self._since, self._header = True, self.loop.time(), 0

    def _look_later(self) -> None:
        self._timer = self.loop.call_later(self._limits.check_seconds, self._look)

    def _look(self) -> None:
        answering = self.cycle is not None and not self.cycle.response_complete
        late = self._in_header and not answering and self.loop.time() - self._since > self._limits.header_seconds
        self._slow = self._slow + self._limits.check_seconds if self._is_slow() else 0.0
        self._arrived, self._unsent, self._drained = self._total, self.transport.get_write_buffer_size(), False
        if self._unsent and self._slow >= self._limits.patience:
            self._cut()
        elif late and not self._header:
            self.transport.close()
        elif late or self._slow >= self._limits.patience:
            self._refuse(408, "Too slow", Message("request.late"))
        else:
            self._look_later()

    def _is_slow(self) -> bool:
        least = self._limits.rate * self._limits.check_seconds
        if unsent := self.transport.get_write_buffer_size():
            return not self._drained and bool(self._unsent) and self._unsent - unsent < least
        return self._in_body and not self.flow.read_paused and self._total - self._arrived < least

    # Refusing

    def _refuse_header(self) -> None:
        self._refuse(431, "Header too large", Message("request.header", most=self._limits.header_bytes))

    def _refuse(self, status: int, title: str, detail: Message) -> None:
        """Say why, unless an answer is under way; then drop what comes, and hang up."""
        self._refused = True
        self._unset_keepalive_if_required()
        current = self.cycle if self._in_body or (self.cycle and not self.cycle.response_complete) else None
        if current and not current.response_complete:
            current.disconnected = True
            current.message_event.set()
        if (current and current.response_started) or LimitedHttp._refusing >= REFUSED_MOST:
            return self.transport.abort()
        self.flow.resume_reading()
        self.transport.write(_answer(status, title, detail, dict(self.headers or ())))
        LimitedHttp._refusing += 1
        self.loop.call_later(self._limits.farewell_seconds, self._part)

    def _close(self) -> None:
        """The answer is out: hang up, but after the rest of the body, or else a client that still sends would not read
        the answer.
        """
        if self._in_body:
            self._hang_up = True
        else:
            self.transport.close()

    def _part(self) -> None:
        LimitedHttp._refusing -= 1
        self.transport.abort()

    def _cut(self) -> None:
        """End the connection with a reset: the system would keep what is unsent for minutes."""
        if found := self.transport.get_extra_info("socket"):
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def _drop(self, count: int) -> None:
        self._dropped += count
        if self._dropped > self._limits.dropped_bytes:
            self.transport.abort()

    def _let_go(self) -> None:
        if self._timer:
            self._timer.cancel()
        if self._leave:
            self._leave()
            self._leave = None


class LimitedWebSocket(WebSocketsSansIOProtocol):
    """A WebSocket that is gone when its peer answers no ping, even where the peer reads nothing at all."""

    leave: Callable[[], None] | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self.leave:
            self.leave()

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self.loop.call_later(self.close_timeout, self.transport.abort)


def _answer(status: int, title: str, detail: Message, headers: dict[bytes, bytes]) -> bytes:
    spoken = language_of(headers.get(b"accept-language", b"").decode("latin-1"))
    body = json.dumps(told(title, detail, spoken), ensure_ascii=False).encode()
    lines = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        f"Content-Language: {spoken}",
        "X-Content-Type-Options: nosniff",
        "Connection: close",
    )
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body

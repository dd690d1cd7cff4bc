"""Answers of the API: errors as JSON with title and detail, and bytes that browsers may keep."""

from __future__ import annotations

import gzip
import hashlib
import io
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from app.text import language_of
from app.text.errors import told
from model.errors import (
    CheckpointError,
    ConfigError,
    DataError,
    ExplorerError,
    ExportError,
    LatentError,
    PictureError,
    RunError,
    UnknownModelError,
    UnknownRunError,
)
from model.messages import Message

LOG = logging.getLogger(__name__)
YEAR = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
KINDS_OF_FILES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
NO_SNIFFING = {"X-Content-Type-Options": "nosniff"}
KINDS: dict[type[ExplorerError], tuple[int, str]] = {
    UnknownModelError: (404, "Unknown model"),
    UnknownRunError: (404, "Unknown run"),
    RunError: (409, "Not now"),  # before ConfigError, of which it is one
    ConfigError: (400, "Configuration not usable"),
    LatentError: (400, "Bad coordinates"),
    PictureError: (422, "Picture not usable"),
    DataError: (409, "Data not usable"),
    CheckpointError: (500, "Model not readable"),
    ExportError: (500, "Export failed"),
}


class Refusal(Exception):  # noqa: N818 - said as the API says it
    """A request that is answered with `status` and one sentence, and, if it may be tried again, with the seconds until
    then.
    """

    def __init__(self, status: int, title: str, detail: Message, retry_after: int | None = None) -> None:
        super().__init__(detail)
        self.status, self.title, self.detail, self.retry_after = status, title, detail, retry_after


def language(request: Request) -> str:
    """In which language the request wants its sentences: the page asks for its own, other programs get English."""
    return language_of(request.headers.get("accept-language"))


def problem(request: Request, status: int, title: str, detail: Message) -> Response:
    """An error as every route answers it."""
    hang_up = {"Connection": "close"} if status == 413 else {}  # or else the rest of the body would still be received
    headers = {**NO_SNIFFING, **hang_up, "Content-Language": language(request), "Vary": "Accept-Language"}
    return JSONResponse(told(title, detail, language(request)), status, headers=headers)


def refused(request: Request, refusal: Refusal) -> Response:
    """The answer to what `refusal` speaks against."""
    answer = problem(request, refusal.status, refusal.title, refusal.detail)
    if refusal.retry_after is not None:
        answer.headers["Retry-After"] = str(refusal.retry_after)
    return answer


def _explained(request: Request, error: ExplorerError) -> Response:
    status, title = next((known for kind, known in KINDS.items() if isinstance(error, kind)), (400, "Bad request"))
    return problem(request, status, title, error.message)


def _http(request: Request, error: Any) -> Response:
    said = {
        404: Message("request.nothing", path=request.url.path),
        405: Message("request.method", method=request.method),
    }
    return problem(request, error.status_code, error.detail, said.get(error.status_code, Message(error.detail)))


def _unexpected(request: Request, error: Exception) -> Response:
    return problem(request, 500, "Something went wrong", Message("server.unexpected"))


def _gone(_: Request, error: Exception) -> Response:
    return Response(status_code=400)


HANDLERS: dict[Any, Callable[[Request, Any], Response]] = {
    Refusal: refused,
    ExplorerError: _explained,
    HTTPException: _http,
    ClientDisconnect: _gone,
    Exception: _unexpected,
}


def fresh(value: Any, status: int = 200) -> Response:
    """The value as JSON that holds for this moment only: no browser keeps it."""
    return JSONResponse(value, status, headers={"Cache-Control": "no-store", **NO_SNIFFING})


@dataclass(frozen=True)
class Asset:
    """Bytes with a name for their content: browsers that have them get 304, those that unpack gzip get it ready made.

    `body` is empty where only the packed copy is kept.
    """

    body: bytes
    media_type: str
    tag: str
    packed: bytes | None = None

    @classmethod
    def pack(cls, body: bytes, media_type: str, tag: str, *, keep_body: bool = True, level: int = 6) -> Asset:
        """The same with a gzip copy, made once; `level` 9 for what is packed once in a lifetime."""
        return cls(body if keep_body else b"", media_type, tag, gzip.compress(body, level, mtime=0))


def tag_of(body: bytes) -> str:
    """A name for this content."""
    return hashlib.sha256(body).hexdigest()[:16]


def accepts_gzip(headers: Headers) -> bool:
    """Whether whoever asks unpacks gzip."""
    return "gzip" in headers.get("accept-encoding", "")


class AssetCache:
    """The last few assets, found by the tag that names their content: nobody has to make, hash or compare a body to
    find them.
    """

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, threading.Lock()
        self._kept: OrderedDict[str, Asset] = OrderedDict()

    def get(self, tag: str, make: Callable[[], Asset]) -> Asset:
        """The asset of that tag, made where it is not there."""
        with self._lock:
            if tag in self._kept:
                self._kept.move_to_end(tag)
                return self._kept[tag]
        made = make()
        with self._lock:
            self._kept[tag] = made
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made


def known(request: Request, tag: str) -> bool:
    """Whether the browser says that it has the content `tag` already."""
    return tag in (
        part.strip().removeprefix("W/").strip('"') for part in request.headers.get("if-none-match", "").split(",")
    )


def cached(request: Request, tag: str, make: Callable[[], Asset], lasting: bool) -> Response:
    """The asset, or 304. `lasting`: the address names this very content, so it is never asked for again."""
    headers = {"ETag": f'W/"{tag}"', "Cache-Control": YEAR if lasting else ASK_AGAIN, **NO_SNIFFING}
    if known(request, tag):
        return Response(status_code=304, headers=headers)
    asset = make()
    if asset.packed is not None and accepts_gzip(request.headers):
        packed = {**headers, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        return Response(asset.packed, media_type=asset.media_type, headers=packed)
    return Response(asset.body, media_type=asset.media_type, headers=headers)


def png(pixels: NDArray[np.uint8]) -> bytes:
    """A PNG of pixels (h, w, 3)."""
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(buffer, "PNG", compress_level=3)
    return buffer.getvalue()

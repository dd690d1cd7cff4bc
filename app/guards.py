"""What a request must pass before anything is done with it: origin, size, numbers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray
from starlette.datastructures import Headers, QueryParams
from starlette.requests import Request

from app.replies import Refusal
from model.messages import Message

DIGITS_MOST = 9
FARTHEST = 1e6  # beyond it, squared distances leave float32


def same_origin(headers: Headers) -> bool:
    """Whether the page that asks came from this host (or no page does: curl sends no Origin)."""
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")


def require_same_origin(headers: Headers) -> None:
    """Raise Refusal (403) for a request that another site's page sends."""
    if not same_origin(headers):
        raise foreign()


def foreign() -> Refusal:
    """What a page of another site is answered."""
    return Refusal(403, "Other origin", Message("request.foreign"))


async def read_json(request: Request, most: int) -> dict[str, Any]:
    """The JSON object in the body of this server's own page, at most `most` bytes. Raises Refusal (400, 403, 413)."""
    require_same_origin(request.headers)
    try:
        value = json.loads(await read_body(request, most))
    except (ValueError, RecursionError) as error:
        raise Refusal(400, "Bad JSON", Message("request.json", reason=error)) from error
    if not isinstance(value, dict):
        raise Refusal(400, "Bad JSON", Message("request.object"))
    return value


def text(body: dict[str, Any], name: str) -> str:
    """The text of that name in a JSON object. Raises Refusal (400)."""
    if not isinstance(body.get(name), str):
        raise Refusal(400, "No text", Message("request.text", name=name))
    return str(body[name])


async def read_body(request: Request, most: int, arrived: Callable[[int], None] = lambda size: None) -> bytes:
    """The body, at most `most` bytes: refused (413) by its announced length before reading, or as soon as it is too
    long. `arrived` is told how many bytes there are, again and again.
    """
    refusal = Refusal(413, "Too large", Message("request.large", most=most, size=_size(most)))
    if _announced(request) > most:
        raise refusal
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise refusal
        arrived(size)
        parts.append(part)
    return b"".join(parts)


def _size(count: int) -> str:
    return f"{count >> 20} MB" if count >= 1 << 20 else f"{count >> 10} kB"


def _announced(request: Request) -> int:
    length = request.headers.get("content-length", "0")
    if not length.isdecimal():
        raise Refusal(400, "Bad length", Message("request.length", length=length))
    return int(length)


def path_number(text: str) -> int:
    """A whole number that stands in an address, of nine digits at most. Raises Refusal (404)."""
    if not (text.isascii() and text.isdecimal() and len(text) <= DIGITS_MOST):
        raise Refusal(404, "Not Found", Message("request.index", text=text[:40], digits=DIGITS_MOST))
    return int(text)


def whole(query: QueryParams, name: str, low: int, high: int, default: int) -> int:
    """A whole number of the query within [low, high], or `default`. Raises Refusal (400)."""
    text = query.get(name, str(default))
    try:
        value = int(text)
    except ValueError:
        value = low - 1
    if not low <= value <= high:
        raise Refusal(400, "Bad number", Message("request.whole", name=name, text=text[:40], low=low, high=high))
    return value


def fraction(query: QueryParams, name: str) -> float | None:
    """A number of the query within [0, 1], or None where it is missing. Raises Refusal (400)."""
    text = query.get(name)
    if text is None:
        return None
    value = _number(text)
    if not 0 <= value <= 1:
        raise Refusal(400, "Bad number", Message("request.fraction", name=name, text=text[:40]))
    return value


def choice(query: QueryParams, name: str, allowed: tuple[str, ...]) -> str:
    """One of the `allowed` words, the first where it is missing. Raises Refusal (400)."""
    value = query.get(name, allowed[0])
    if value not in allowed:
        message = Message("request.word", name=name, text=value[:40], known=", ".join(allowed))
        raise Refusal(400, "Bad word", message)
    return value


def choices(query: QueryParams, name: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
    """Some of the `allowed` words with commas between them, each once, in the query's order; the first of them where
    it is missing. Raises Refusal (400).
    """
    text = query.get(name, allowed[0])
    values = text.split(",")
    if not set(values) <= set(allowed) or len(values) != len(set(values)):
        raise Refusal(400, "Bad words", Message("request.words", name=name, text=text[:40], known=", ".join(allowed)))
    return tuple(values)


def latent(query: QueryParams, dim: int) -> NDArray[np.float32]:
    """z=1.5,-2,... of the query as float32 (dim,). Raises Refusal (400)."""
    text = query.get("z", "")
    values = np.array([_number(part) for part in text.split(",")])
    if len(values) != dim or not (np.abs(values) <= FARTHEST).all():
        raise Refusal(400, "Bad coordinates", Message("request.latent", text=text[:60], dim=dim))
    return values.astype(np.float32)


def numbers(query: QueryParams, name: str, count: int) -> tuple[float, ...] | None:
    """`count` finite numbers of the query with commas between them, or None where it is missing. Raises Refusal
    (400).
    """
    text = query.get(name)
    if text is None:
        return None
    values = tuple(_number(part) for part in text.split(","))
    if len(values) != count or not np.isfinite(values).all():
        raise Refusal(400, "Bad numbers", Message("request.numbers", name=name, text=text[:60], count=count))
    return values


def indices(query: QueryParams, name: str, count: int, most: int) -> NDArray[np.int64]:
    """i=4,8,15 of the query as int64 (k,), each within [0, count), k at most `most`. Raises Refusal (400)."""
    text = query.get(name, "")
    parts = text.split(",")
    if not 1 <= len(parts) <= most or not all(
        p.isascii() and p.isdecimal() and len(p) < 10 and int(p) < count for p in parts
    ):
        message = Message("request.indices", name=name, text=text[:60], most=most, last=count - 1)
        raise Refusal(400, "Bad indices", message)
    return np.array([int(part) for part in parts], np.int64)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")

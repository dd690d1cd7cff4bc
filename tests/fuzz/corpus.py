"""What a hostile client might send: pictures, WebSocket frames, requests, configurations. The same seed makes
the same.
"""

from __future__ import annotations

import io
import json
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import numpy as np
from PIL import Image

Rng = np.random.Generator
KINDS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "ICO", "PPM", "TGA")
MODES = ("RGB", "RGBA", "L", "LA", "P", "1", "CMYK", "I;16", "YCbCr")
ODD_TEXTS = (
    "", " ", "0", "-0", "-1", "1e309", "nan", "inf", "٣", "²", "0x10", "1_000", "9" * 5000, "a" * 300, "a" * 5000,
    "null", "[]",
    "../../etc/passwd", "..%2f..", "%00", "\u202e", "한글",
    "'\";--", "<script>alert(1)</script>", "{}", "default", "con", "\ud7ff", "🙂" * 80,
)  # fmt: skip
ODD_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 3, 2**31, 2**63, 10**400, -(10**400), 0.5, -0.0, 1e308, float("inf"), float("nan"),
    "", "3", "dense", "a" * 1000, [], [1], [1024, 512], [10**9] * 9, [[]], [None], {}, {"x": {}}, [1e5] * 400,
)  # fmt: skip


def _pick(rng: Rng, items: Any) -> Any:
    return items[int(rng.integers(len(items)))]


# --- pictures


def pictures(seed: int, count: int) -> Iterator[bytes]:
    """Image files, most of them damaged: cut, with bytes changed, spliced, lying about their size, or no
    image at all.
    """
    rng = np.random.default_rng(seed)
    for _ in range(count):
        yield _pick(rng, DAMAGES)(_encoded(rng), rng)


def _encoded(rng: Rng) -> bytes:
    """A whole file of a random kind, mode and size; as PNG where the kind cannot hold the mode."""
    width, height = (int(n) for n in rng.integers(1, 120, 2))
    pixels = rng.integers(0, 256, (height, width, 3), np.uint8)
    image = Image.fromarray(pixels).convert("L" if (mode := _pick(rng, MODES)) in ("I;16", "LA") else mode)
    image = image.convert(mode) if mode in ("I;16", "LA") else image
    kind, buffer = _pick(rng, KINDS), io.BytesIO()
    try:
        image.save(buffer, kind)
    except (OSError, ValueError, KeyError):
        buffer = io.BytesIO()
        Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def _whole(data: bytes, _: Rng) -> bytes:
    return data


def _cut(data: bytes, rng: Rng) -> bytes:
    return data[: int(rng.integers(len(data) + 1))]


def _changed(data: bytes, rng: Rng) -> bytes:
    array = np.frombuffer(data, np.uint8).copy()
    at = rng.integers(0, len(array), int(rng.integers(1, 24)))
    array[at] = rng.integers(0, 256, len(at))
    return array.tobytes()


def _changed_head(data: bytes, rng: Rng) -> bytes:
    return _changed(data[:64], rng) + data[64:]


def _spliced(data: bytes, rng: Rng) -> bytes:
    return _cut(data, rng) + _encoded(rng)[int(rng.integers(8)) :]


def _noise(_: bytes, rng: Rng) -> bytes:
    return rng.bytes(int(rng.integers(0, 4000)))


def _magic(data: bytes, rng: Rng) -> bytes:
    return data[:12] + rng.bytes(int(rng.integers(0, 400)))


def _huge(_: bytes, rng: Rng) -> bytes:
    """A small PNG that claims up to four thousand million pixels of one colour."""
    width, height = (int(n) for n in rng.integers(1, 65_536, 2))
    return png(width, height, zlib.compress(bytes(int(rng.integers(1, 100_000)))))


def _frames(_: bytes, rng: Rng) -> bytes:
    """An animation of many frames."""
    frames = [Image.fromarray(rng.integers(0, 256, (8, 8), np.uint8)) for _ in range(int(rng.integers(2, 60)))]
    buffer = io.BytesIO()
    frames[0].save(buffer, _pick(rng, ("GIF", "PNG", "WEBP")), save_all=True, append_images=frames[1:])
    return buffer.getvalue()


DAMAGES: tuple[Callable[[bytes, Rng], bytes], ...] = (
    _whole, _cut, _changed, _changed, _changed_head, _changed_head, _spliced, _noise, _magic, _huge, _frames,
)  # fmt: skip


def png(width: int, height: int, body: bytes) -> bytes:
    """A grey PNG of that size whose compressed pixels are `body`, whatever they are."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


# --- frames of the decoder's WebSocket


def frames(seed: int, count: int) -> Iterator[bytes | str]:
    """Frames for a decoder of three numbers: good ones, odd lengths, numbers that are none, text, too many at once."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        yield _pick(rng, FRAMES)(rng)


def _good(rng: Rng) -> bytes:
    return rng.normal(size=(int(rng.integers(1, 65)), 3)).astype("<f4").tobytes()


def _far(rng: Rng) -> bytes:
    return (rng.normal(size=3) * 10.0 ** rng.integers(-40, 39)).astype("<f4").tobytes()


def _not_finite(rng: Rng) -> bytes:
    values = rng.normal(size=3).astype("<f4")
    values[int(rng.integers(3))] = _pick(rng, (np.nan, np.inf, -np.inf))
    return values.tobytes()


def _any_bytes(rng: Rng) -> bytes:
    return rng.bytes(int(rng.integers(0, 3000)))


def _too_many(rng: Rng) -> bytes:
    return bytes(12 * int(rng.integers(65, 9000)))


def _text(rng: Rng) -> str:
    return str(_pick(rng, ODD_TEXTS))


FRAMES: tuple[Callable[[Rng], bytes | str], ...] = (_good, _good, _far, _not_finite, _any_bytes, _too_many, _text)


# --- requests


@dataclass(frozen=True)
class Asked:
    """One HTTP request as it goes over the line."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def wire(self, host: str, cookie: str = "") -> bytes:
        """The request's bytes; the connection ends with the answer."""
        fixed = [("Host", host), ("Connection", "close"), ("Content-Length", str(len(self.body)))]
        lines = [f"{self.method} {self.target} HTTP/1.1"]
        lines += [
            f"{name}: {value}" for name, value in (*fixed, *([("Cookie", cookie)] if cookie else []), *self.headers)
        ]
        return "\r\n".join([*lines, "", ""]).encode("utf-8", "replace") + self.body


METHODS = ("GET",) * 8 + ("POST",) * 3 + ("HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE")
PATHS = (
    "/api/models", "/api/models/{}", "/api/models/{}/points", "/api/models/{}/labels", "/api/models/{}/measures",
    "/api/models/tiny/samples/{}",
    "/api/models/tiny/images/{}.png", "/api/models/tiny/reconstructions/{}.png", "/api/models/tiny/sheet",
    "/api/models/tiny/nearest", "/api/models/{}/axes",
    "/api/models/tiny/walk", "/api/models/tiny/walk.gif",
    "/api/models/tiny/encode", "/api/models/tiny/export/{}", "/api/models/tiny/decode", "/api/runs", "/api/runs/{}",
    "/api/runs/{}/stop",
    "/api/runs/{}/resume", "/api/runs/{}/rename", "/api/runs/{}/delete", "/api/films", "/api/films/{}/{}",
    "/api/films/models/{}/points",
    "/api/films/models/{}/rows/{}.png", "/api/films/runs/{}/film.{}", "/api/data", "/api/{}", "/explorer/explore/{}",
    "/explorer/{}/{}/{}", "/{}",
    "/_stcore/health", "/_stcore/{}", "/_stcore/upload_file/{}/{}", "/media/{}", "/component/{}/{}", "/static/{}",
    "/train", "/train/{}",
)  # fmt: skip
NAMES = (
    "z",
    "k",
    "space",
    "i",
    "kind",
    "v",
    "epochs",
    "stand",
    "cam",
    "theme",
    "lang",
    "hide",
    "left",
    "top",
    "side",
    "model",
    "p",
    "from",
)
HEADERS = (
    "Accept", "Accept-Encoding", "Accept-Language", "Cookie", "If-None-Match", "Range", "Origin", "Referer",
    "Content-Type", "Expect-CT",
    "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Sec-Fetch-Site", "Upgrade", "Authorization", "X-Odd",
)  # fmt: skip


def requests(seed: int, count: int) -> Iterator[Asked]:
    """Requests to every address of the server and to none, with odd names, numbers, headers and bodies."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        method = _pick(rng, METHODS)
        body = (
            b""
            if method in ("GET", "HEAD")
            else _pick(rng, (b"", rng.bytes(200), _json(rng), b"[" * 5000, b"{" + b"9" * 4000))
        )
        yield Asked(method, _target(rng), _headers(rng), body)


def _target(rng: Rng) -> str:
    path = str(_pick(rng, PATHS))
    while "{}" in path:
        path = path.replace("{}", _quoted(rng), 1)
    query = "&".join(f"{_pick(rng, NAMES)}={_quoted(rng)}" for _ in range(int(rng.integers(0, 4))))
    return f"{path}?{query}" if query else path


def _quoted(rng: Rng) -> str:
    known = ("tiny", "0", "7", "models", "runs", "1,2,3", "0.1,0.2,0.3", "latent", "pixel", "5")
    return quote(str(_pick(rng, known if rng.random() < 0.4 else ODD_TEXTS)), safe="%,")


def _headers(rng: Rng) -> tuple[tuple[str, str], ...]:
    odd = [text for text in ODD_TEXTS if text.isprintable() and text.isascii()]
    return tuple((str(_pick(rng, HEADERS)), str(_pick(rng, odd))) for _ in range(int(rng.integers(0, 4))))


def _json(rng: Rng) -> bytes:
    return json.dumps(
        {"title": _pick(rng, ODD_VALUES), "config": _pick(rng, ODD_VALUES), "preset": _pick(rng, ODD_VALUES)}
    ).encode()


# --- configurations of a training


def configurations(seed: int, count: int, good: dict[str, Any]) -> Iterator[Any]:
    """JSON values like the configuration `good`, each with one to three places changed, removed, added, or with
    something else altogether.
    """
    rng = np.random.default_rng(seed)
    for _ in range(count):
        if rng.random() < 0.1:
            yield _pick(rng, ODD_VALUES)
            continue
        config = json.loads(json.dumps(good))
        for _ in range(int(rng.integers(1, 4))):
            part = config[_pick(rng, sorted(good))]
            if not isinstance(part, dict):
                continue
            part[_pick(rng, [*sorted(part), "unknown"])] = _pick(rng, ODD_VALUES)
            if rng.random() < 0.1:
                config[_pick(rng, sorted(config))] = _pick(rng, ODD_VALUES)
        yield config

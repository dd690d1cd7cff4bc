"""The view as a link carries it: where the probe is, which sample it came from, how the camera stands, which
neighbours are shown and how many.
"""

from __future__ import annotations

import base64
import binascii
import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from app.contract import NEAREST_MOST
from model.config import OPTIONS

Vector = dict[str, float]
CAMERA = ("eye", "center", "up")
AXES = ("x", "y", "z")
DEFAULT_K = 12
NEAR = ("latent", "pixel", "view", "all")  # the usual one first, as below
METRICS = ("euclidean", "cosine")
FARTHEST = 1e6
LATENT_MOST = int(OPTIONS["latent_dim"].high or 0)
LONGEST_NAME = 255  # characters, as of a folder
MEAN = "mean"


@dataclass(frozen=True)
class View:
    """`p` (3 numbers) is None where the probe stands on its anchor; `anchor` is a sample's index; `camera` is Plotly's.

    `z` is the anchor's latent where that is no sample but an uploaded picture: the picture itself is nowhere. With an
    anchor, or with `mean`, where the probe started from the mean of all samples, it is the probe's own.
    `near` is the space whose `k` nearest samples are shown, or "all" of them side by side; `pictures`: whether the
    cloud shows some; `compare` names the model that stands beside this one.
    """

    p: tuple[float, ...] | None = None
    anchor: int | None = None
    z: tuple[float, ...] | None = None
    camera: dict[str, Vector] | None = None
    k: int = DEFAULT_K
    near: str = NEAR[0]
    metric: str = METRICS[0]
    pictures: bool = False
    mean: bool = False
    compare: str | None = None

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Self:
        """Read a link's parameters; what makes no sense there is as if it were absent."""
        numbers = _numbers(query.get("cam"), 9)
        anchor, k = _whole(query.get("from")), _whole(query.get("k"))
        return cls(
            p=_numbers(query.get("p"), 3),
            anchor=anchor,
            z=_packed(query.get("z", "")),
            camera=_camera(numbers) if numbers else None,
            k=min(max(k, 1), NEAREST_MOST) if k is not None else DEFAULT_K,
            near=_word(query.get("near"), NEAR),
            metric=_word(query.get("metric"), METRICS),
            pictures=query.get("pictures") == "1",
            mean=query.get("from") == MEAN,
            compare=_name(query.get("compare", "")),
        )


def _camera(numbers: tuple[float, ...]) -> dict[str, Vector]:
    return {part: dict(zip(AXES, numbers[3 * at : 3 * at + 3], strict=True)) for at, part in enumerate(CAMERA)}


def _numbers(text: str | None, count: int) -> tuple[float, ...] | None:
    try:
        numbers = tuple(float(part) for part in (text or "").split(","))
    except ValueError:
        return None
    return numbers if len(numbers) == count and all(math.isfinite(number) for number in numbers) else None


def _packed(text: str) -> tuple[float, ...] | None:
    """The float32, little-endian, in `text`, which is base64 as addresses write it; the page compares their number with
    its model.
    """
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        numbers = struct.unpack(f"<{len(packed) // 4}f", packed)
    except (binascii.Error, ValueError, struct.error):
        return None
    return numbers if 1 <= len(numbers) <= LATENT_MOST and all(abs(number) <= FARTHEST for number in numbers) else None


def _name(text: str) -> str | None:
    return text if 0 < len(text) <= LONGEST_NAME and text.isprintable() else None


def _word(text: str | None, known: tuple[str, ...]) -> str:
    return text if text in known else known[0]


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else None

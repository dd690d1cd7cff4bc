"""Results on the disk and between processes: one NumPy archive, whole or not there, without pickle."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from model.errors import DataError
from model.files import write_atomically
from model.reduction.methods import COUNT_MOST, METHODS, SEED
from model.registry import SHIPPED_MODELS

SHIPPED = SHIPPED_MODELS.parent / "reductions"
EDITION = 1  # of the methods' parameters and this layout: another one makes the kept files old
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Reductions:
    """Reductions of the samples `samples` int32 (n,) of the test images `fingerprint`.

    `points` float32 (n, 3) by method; `facts` by method: its numbers. `models`, by the first 16 characters of the
    weights' SHA-256, are the same numbers of autoencoders. `made`: seed, versions and hardware of it all.
    """

    fingerprint: str
    samples: NDArray[np.int32]
    points: Mapping[str, Floats] = field(default_factory=dict)
    facts: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    models: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    made: Mapping[str, Any] = field(default_factory=dict)

    def joined(self, other: Reductions) -> Reductions:
        """These and what `other` has of the same samples; nothing of it where it is of others."""
        if other.fingerprint != self.fingerprint or not np.array_equal(other.samples, self.samples):
            return self
        return replace(
            self,
            points={**self.points, **other.points},
            facts={**self.facts, **other.facts},
            models={**self.models, **other.models},
            made=self.made or other.made,
        )

    def pack(self) -> bytes:
        """The archive; coordinates as float16, as 1 is the farthest of them."""
        said = {
            "edition": EDITION,
            "fingerprint": self.fingerprint,
            "facts": self.facts,
            "models": self.models,
            "made": self.made,
        }
        text = np.frombuffer(json.dumps(said, ensure_ascii=False, allow_nan=False).encode(), np.uint8)
        arrays: dict[str, Any] = {name: points.astype(np.float16) for name, points in self.points.items()}
        buffer = io.BytesIO()
        np.savez_compressed(buffer, allow_pickle=False, said=text, samples=self.samples, **arrays)
        return buffer.getvalue()

    def save(self, path: Path) -> None:
        """Write the archive, atomically. Raises OSError."""
        body = self.pack()
        write_atomically(path, lambda file: file.write(body))

    @classmethod
    def read(cls, body: bytes, origin: object) -> Self:
        """What `pack` wrote. Raises DataError for anything else, which names the `origin`."""
        try:
            with np.load(io.BytesIO(body), allow_pickle=False) as archive:
                said = json.loads(archive["said"].tobytes())
                samples = archive["samples"]
                points = {name: archive[name].astype(np.float32) for name in archive.files if name in METHODS}
            if said["edition"] != EDITION or not all(each.shape == (len(samples), 3) for each in points.values()):
                raise ValueError("another edition")
            return cls(said["fingerprint"], samples, points, said["facts"], said["models"], said["made"])
        except (KeyError, TypeError, ValueError, OSError, zipfile.BadZipFile) as error:
            raise DataError("reducing.damaged", file=str(origin)) from error

    @classmethod
    def load(cls, path: Path) -> Self:
        """The archive at `path`. Raises OSError, DataError."""
        return cls.read(path.read_bytes(), path)


def drawn(count: int) -> NDArray[np.int32]:
    """Which of `count` samples are reduced, in their order: drawn without replacement, always the same ones."""
    chosen = np.random.default_rng(SEED).choice(count, min(count, COUNT_MOST), replace=False)
    return np.sort(chosen).astype(np.int32)


def shipped(fingerprint: str) -> Reductions | None:
    """What ships of these very test images, or None."""
    return _all_shipped().get(fingerprint)


@cache
def _all_shipped() -> Mapping[str, Reductions]:
    found = [Reductions.load(path) for path in sorted(SHIPPED.glob("*.npz"))]
    return {each.fingerprint: each for each in found}

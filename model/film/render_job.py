"""All that a film is drawn of, as bytes, and `python -m model.film.render_job`, which draws it: job on standard input,
file on standard output.
"""

from __future__ import annotations

import io
import json
import sys
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np

from model.film.camera import Camera
from model.film.curve import Facts
from model.film.film import Film
from model.film.picture import Look
from model.film.video import export

MODULE = "model.film.render_job"
SAID = "said"
ARRAYS = ("epochs", "points", "rows", "labels", "samples", "row")


@dataclass(frozen=True)
class RenderJob:
    """All that a film is drawn of. `kind` is "gif" or "mp4"."""

    film: Film
    ranges: list[list[float]]
    facts: Facts
    look: Look
    kind: str

    def pack(self) -> bytes:
        """As .npz, not compressed: it goes to a process of the same machine."""
        look = {**asdict(self.look), "hidden": sorted(self.look.hidden)}
        said = {
            "classes": self.film.classes,
            "ranges": self.ranges,
            "facts": asdict(self.facts),
            "look": look,
            "kind": self.kind,
        }
        arrays: dict[str, Any] = {name: getattr(self.film, name) for name in ARRAYS}
        arrays[SAID], buffer = np.frombuffer(json.dumps(said).encode(), np.uint8), io.BytesIO()
        np.savez(buffer, **arrays)
        return buffer.getvalue()

    @classmethod
    def unpack(cls, packed: bytes) -> Self:
        """What `pack` wrote."""
        with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
            said = json.loads(arrays[SAID].tobytes())
            film = Film(**{name: arrays[name] for name in ARRAYS}, classes=tuple(said["classes"]))
        return cls(film, said["ranges"], Facts(**said["facts"]), _look(said["look"]), said["kind"])

    def render(self) -> bytes:
        """The file."""
        return export(self.film, self.ranges, self.facts, self.look, self.kind)


def _look(said: dict[str, Any]) -> Look:
    camera = Camera(**{name: tuple(numbers) for name, numbers in said["camera"].items()}) if said["camera"] else None
    given = {
        "camera": camera,
        "hidden": frozenset(said["hidden"]),
        "size": tuple(said["size"]),
        "axes": tuple(said["axes"]),
    }
    return Look(**{**said, **given})


if __name__ == "__main__":
    sys.stdout.buffer.write(RenderJob.unpack(sys.stdin.buffer.read()).render())

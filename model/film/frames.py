"""The frames of a training run on the disk: one small file each, at most `MOST` of them, and one file for what they
share.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from model.errors import CheckpointError, LatentError
from model.files import write_atomically

FRAMES, SUBJECT = "film", "subject.npz"
# frames of a run, however many its epochs: about 60 kB each, here, in a server's memory and on the way to a browser
MOST = 150
FARTHEST = float(np.finfo(np.float16).max)
Halves = NDArray[np.float16]
Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Motion:
    """A rigid motion: points (n, 3) to points @ `turn` (3, 3) + `shift` (3,), without scaling."""

    turn: NDArray[np.float64]
    shift: NDArray[np.float64]

    def __call__(self, points: NDArray[Any]) -> NDArray[np.float64]:
        """The points where it brings them."""
        return points.astype(np.float64) @ self.turn + self.shift


def write_subject(
    folder: Path,
    labels: Pixels,
    samples: NDArray[np.int64],
    classes: Iterable[str],
    row: NDArray[np.int64],
    originals: Pixels,
) -> None:
    """What all frames in `folder` share: labels and sample numbers of the n points (n,), class names, and the row's k
    sample numbers (k,) with their original pictures uint8 (k, h, w, 3). Raises LatentError where these do not fit
    together, and OSError.
    """
    if labels.shape != samples.shape or row.shape != originals.shape[:1]:
        found = labels.shape, samples.shape, row.shape, originals.shape
        raise LatentError("films.subject", labels=found[0], samples=found[1], row=found[2], originals=found[3])
    write_arrays(
        folder / SUBJECT,
        labels=labels.astype(np.uint8),
        samples=samples.astype(np.int64),
        classes=np.array(list(classes), np.str_),
        row=row.astype(np.int64),
        originals=originals.astype(np.uint8),
    )


def write_frame(
    folder: Path, epoch: int, points: NDArray[np.float32], row: Pixels, motion: Motion | None = None
) -> None:
    """The state after `epoch` (0 is untrained): points (n, 3) of the view and the row's reconstructions uint8 (k, h, w,
    3).

    `motion` is what lays the points on those of the frame before it. Raises LatentError for points that are not finite
    or of another shape, and OSError.
    """
    if points.ndim != 2 or points.shape[1] != 3 or not np.isfinite(points).all():
        raise LatentError("films.points", shape=points.shape)
    moved = {} if motion is None else {"turn": motion.turn, "shift": motion.shift}
    write_arrays(frame_path(folder, epoch), points=halves(points), row=row.astype(np.uint8), **moved)


def read_frame(folder: Path, epoch: int) -> tuple[Halves, Pixels, Motion | None]:
    """What `write_frame` wrote. Raises CheckpointError."""
    arrays = read_arrays(frame_path(folder, epoch), ("points", "row"), ("turn", "shift"))
    motion = Motion(arrays["turn"], arrays["shift"]) if "turn" in arrays and "shift" in arrays else None
    return arrays["points"], arrays["row"], motion


def superfluous(epochs: Sequence[int], most: int) -> list[int]:
    """Which of these epochs' frames (in order) to give up so that `most` stay; at least three do.

    The first third of `most` stays, for most happens early, and the last frame. Between them the frame whose neighbours
    lie nearest to each other goes first, so that the rest is spread evenly; one that is given up is never missed by a
    later choice.
    """
    left, early = list(epochs), max(1, most // 3)
    while len(left) > max(3, most):
        inner = range(early, len(left) - 1)
        left.pop(min(inner, key=lambda at: left[at + 1] - left[at - 1]))
    return sorted(set(epochs) - set(left))


def thin(folder: Path, most: int = MOST) -> list[int]:
    """Delete what is superfluous in `folder`; the epochs whose frames stay. A folder that cannot be changed keeps its
    files.
    """
    listed = epochs(folder)
    gone = superfluous(listed, most)
    for epoch in gone:
        with suppress(OSError):
            frame_path(folder, epoch).unlink(missing_ok=True)
    return [epoch for epoch in listed if epoch not in gone]


def epochs(folder: Path) -> list[int]:
    """The epochs that have a frame in `folder`, in order; none where there is no folder."""
    return sorted(int(path.stem) for path in folder.glob("[0-9]*.npz") if path.stem.isdecimal())


def any_frame(folder: Path) -> bool:
    """Whether `folder` has a frame, found without listing them all."""
    try:
        with os.scandir(folder) as entries:
            return any(entry.name[:1].isdecimal() and entry.name.endswith(".npz") for entry in entries)
    except OSError:
        return False


def forget_after(folder: Path, epoch: int) -> None:
    """Delete the frames of later epochs: a resumed run makes them anew."""
    for later in epochs(folder):
        if later > epoch:
            frame_path(folder, later).unlink(missing_ok=True)


def frame_path(folder: Path, epoch: int) -> Path:
    """Where the frame of `epoch` lies."""
    return folder / f"{epoch:05}.npz"


def halves(points: NDArray[Any]) -> Halves:
    """Points as float16, those beyond its range at its rim."""
    return points.clip(-FARTHEST, FARTHEST).astype(np.float16)


def write_arrays(path: Path, **arrays: Any) -> None:
    """Write arrays by name as packed .npz, atomically. Raises OSError."""
    write_atomically(path, lambda file: np.savez_compressed(file, **arrays))


def read_arrays(path: Path, names: Iterable[str], optional: Iterable[str] = ()) -> dict[str, Any]:
    """The arrays of these names. Raises CheckpointError if the file or one of them is missing or damaged."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in (*names, *(name for name in optional if name in arrays))}
    except (OSError, ValueError, KeyError, EOFError, BadZipFile, SyntaxError, MemoryError, zlib.error) as error:
        raise CheckpointError("films.file", path=path, reason=error) from error

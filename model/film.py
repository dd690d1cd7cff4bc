"""The training film: where every test image lay after each epoch, aligned so that the space does not spin between them.

A run keeps one small file per epoch (`write_frame`); `develop` makes one Film of them, which a finished model carries along.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from model.errors import CheckpointError, LatentError
from model.frames import (
    FRAMES,
    SUBJECT,
    Halves,
    Pixels,
    epochs,
    forget_after,
    frame_path,
    halves,
    read_arrays,
    write_arrays,
    write_frame,
    write_subject,
)

__all__ = ["FILM", "FRAMES", "Film", "Reel", "alignment", "develop", "epochs", "forget_after", "kept", "thinned", "write_frame", "write_subject"]

FILM = "film.npz"
Turn = Callable[[NDArray[Any]], NDArray[np.float64]]
Stamp = tuple[int, int]  # a frame's epoch, and when its file was written


def thinned(count: int, most: int | None) -> list[int]:
    """At most `most` of `count` frames: the first third of them all, for most happens early, the rest evenly up to the last."""
    if most is None or count <= most:
        return list(range(count))
    early = most // 3
    return [*range(early), *(int(at) for at in np.linspace(early, count - 1, most - early).round())]


def kept(count: int, most: int | None) -> list[int]:
    """The same for a film that still grows: what is left out once never comes back, so nothing that was shown is asked for again.

    After the first third, each 2nd, 4th, 8th ... frame, and always the last.
    """
    if most is None or count <= most:
        return list(range(count))
    early, stride = most // 3, 2
    while early + -(-(count - early) // stride) + 1 > max(most, 2):
        stride *= 2
    return sorted({*range(early), *range(early, count, stride), count - 1})


def alignment(points: NDArray[Any], target: NDArray[Any]) -> Turn:
    """The rigid motion (turn, mirror, shift; no scaling) that brings points (n, 3) nearest to `target` (n, 3).

    Orthogonal Procrustes: Schönemann, "A generalized solution of the orthogonal Procrustes problem", 1966.
    """
    here, there = points.astype(np.float64), target.astype(np.float64)
    centre, goal = here.mean(0), there.mean(0)
    left, _, right = np.linalg.svd((here - centre).T @ (there - goal))
    turn = left @ right  # (3, 3)
    return lambda others: (others.astype(np.float64) - centre) @ turn + goal


@dataclass(frozen=True)
class Film:
    """f frames of n samples, aligned, and k pictures beside them.

    `samples` and `row` are numbers of the test set; `originals` uint8 (k, h, w, 3) are not saved: they belong to the data set.
    """

    epochs: NDArray[np.int32]  # (f,)
    points: Halves  # (f, n, 3)
    rows: Pixels  # (f, k, h, w, 3)
    labels: Pixels  # (n,)
    samples: NDArray[np.int64]  # (n,)
    row: NDArray[np.int64]  # (k,)
    classes: tuple[str, ...]
    originals: Pixels | None = None

    def __post_init__(self) -> None:
        frames, n = self.points.shape[:2]
        fits = (
            self.points.shape == (frames, n, 3)
            and self.epochs.shape == (frames,)
            and frames > 0
            and self.labels.shape == self.samples.shape == (n,)
            and self.rows.shape[:2] == (frames, len(self.row))
            and self.rows.ndim == 5
            and (not n or int(self.labels.max()) < len(self.classes))
            and bool(np.isfinite(self.points).all())
        )
        if not fits:
            raise LatentError(f"A film's parts do not fit together: points {self.points.shape}, epochs {self.epochs.shape}, rows {self.rows.shape}.")

    def save(self, path: Path) -> None:
        """Write it as .npz, atomically, without the originals. Raises OSError."""
        arrays = {name: getattr(self, name) for name in ("epochs", "rows", "labels", "samples", "row")}
        write_arrays(path, **arrays, points=_planes(self.points), classes=np.array(self.classes, np.str_))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote. Raises CheckpointError if it is missing, damaged or does not fit together."""
        arrays = read_arrays(path, ("epochs", "rows", "labels", "samples", "row", "points", "classes"))
        try:
            return cls(**{**arrays, "points": _whole(arrays["points"]), "classes": tuple(map(str, arrays["classes"]))})
        except (LatentError, ValueError, TypeError, IndexError) as error:
            raise CheckpointError(f"The film {str(path)!r} cannot be used ({error}).") from error


class Reel:
    """The frames of a folder, read and aligned one after the other: each to the one before, the first stands as it is.

    So frames that were shown never move when later ones come; `update` reads only what is new. At most `most` stay in memory.
    """

    def __init__(self, folder: Path, most: int | None = None) -> None:
        self.folder, self.most = folder, most
        self.stamps: list[Stamp] = []  # of all frames
        self.frames: dict[int, tuple[Halves, Pixels]] = {}  # those that are kept, by their number
        self.end: Halves | None = None  # the last one as it was stored

    def update(self) -> None:
        """Take up new frames; where frames are gone or written anew, begin again. Raises CheckpointError for a damaged one."""
        known = [(epoch, _written(frame_path(self.folder, epoch))) for epoch in epochs(self.folder)]
        if known[: len(self.stamps)] != self.stamps:
            self.stamps, self.frames, self.end = [], {}, None
        for stamp in known[len(self.stamps) :]:
            self._add(stamp)

    def _add(self, stamp: Stamp) -> None:
        path, at = frame_path(self.folder, stamp[0]), len(self.stamps)
        frame = read_arrays(path, ("points", "row"))
        points, row = frame["points"], frame["row"]
        self.end = points
        if at:
            before, row_before = self.frames[at - 1]
            if points.shape != before.shape or row.shape != row_before.shape:
                raise CheckpointError(f"The frame {str(path)!r} is of shape {points.shape}, the one before it of {before.shape}. Delete the later one.")
            points = halves(alignment(points, before)(points))
        self.frames[at] = points, row
        self.stamps.append(stamp)
        for left_out in self.frames.keys() - kept(at + 1, self.most):
            del self.frames[left_out]

    def to_end(self, final: NDArray[Any] | None = None) -> Turn:
        """The motion of all frames that brings the last one to `final` (n, 3), or else to where it was stored. Raises CheckpointError."""
        last = self.frames[self._last()][0]
        goal = self.end if final is None else final
        if goal is None or goal.shape != last.shape:
            raise CheckpointError(f"The last frame in {str(self.folder)!r} is of shape {last.shape}, the map of {goal.shape if goal is not None else None}.")
        return alignment(last, goal)

    def _last(self) -> int:
        if not self.stamps:
            raise CheckpointError(f"There is no frame in {str(self.folder)!r} yet. The first comes when the training begins.")
        return len(self.stamps) - 1

    def film(self, most: int | None = None, turn: Turn | None = None) -> Film:
        """The frames that are kept, thinned to `most`, each moved by `turn`. Raises CheckpointError where there is no frame or no subject."""
        last = self._last()
        subject = read_arrays(self.folder / SUBJECT, ("labels", "samples", "classes", "row", "originals"))
        numbers = sorted(self.frames)
        shown = [numbers[at] for at in thinned(len(numbers), most)]
        frames = [self.frames[at] for at in shown]
        assert shown[-1] == last
        try:
            return Film(
                epochs=np.array([self.stamps[at][0] for at in shown], np.int32),
                points=np.stack([points if turn is None else halves(turn(points)) for points, _ in frames]),
                rows=np.stack([row for _, row in frames]),
                **{**subject, "classes": tuple(map(str, subject["classes"]))},
            )
        except LatentError as error:
            raise CheckpointError(f"The frames in {str(self.folder)!r} cannot be used ({error}).") from error


def develop(folder: Path, most: int | None = None, final: NDArray[np.float32] | None = None) -> Film:
    """The film of all frames in `folder`, thinned to `most`, the space standing as its end shows it.

    Each frame is aligned to the one before; then all are moved as one so that the last lies on `final` (n, 3), the view as Explore
    shows it, or else where it was stored. `final` itself becomes the last frame. Raises CheckpointError.
    """
    reel = Reel(folder)
    reel.update()
    film = reel.film(most, reel.to_end(final))
    film.points[-1] = halves(final) if final is not None else reel.end
    return film


def _written(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0  # gone since it was listed: reading it says so


def _planes(points: Halves) -> Pixels:
    """Bytes of each kind together, frame after frame differenced: a fifth less to ship, and nothing is lost."""
    moved = np.diff(points.view(np.uint16), axis=0, prepend=np.uint16(0))  # (f, n, 3), wraps around
    return np.ascontiguousarray(moved.view(np.uint8).reshape(*points.shape, 2).transpose(3, 0, 2, 1))  # (2, f, 3, n)


def _whole(planes: Pixels) -> Halves:
    if planes.ndim != 4 or planes.dtype != np.uint8 or planes.shape[0] != 2 or planes.shape[2] != 3:
        raise LatentError(f"points is an array {planes.shape} of {planes.dtype}")
    moved = np.ascontiguousarray(planes.transpose(1, 3, 2, 0)).view(np.uint16)[..., 0]  # (f, n, 3)
    return np.cumsum(moved, axis=0, dtype=np.uint16).view(np.float16)

"""The training film: where every test image lay after each epoch, aligned so that the space does not spin between them.

A run keeps one small file per frame (`add_frame`), a bounded number of them; `assemble_film` makes one Film of them,
which a finished model carries along.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from model.errors import CheckpointError, LatentError
from model.film.frames import (
    FRAMES,
    MOST,
    SUBJECT,
    Halves,
    Motion,
    Pixels,
    epochs,
    forget_after,
    frame_path,
    halves,
    read_arrays,
    read_frame,
    superfluous,
    thin,
    write_arrays,
    write_frame,
    write_subject,
)
from model.space.procrustes import best_turn

__all__ = [
    "FILM",
    "FRAMES",
    "MOST",
    "AlignedFrames",
    "Film",
    "add_frame",
    "alignment",
    "assemble_film",
    "epochs",
    "forget_after",
    "superfluous",
    "thin",
    "thinned",
    "write_frame",
    "write_subject",
]

FILM = "film.npz"
Turn = Callable[[NDArray[Any]], NDArray[np.float64]]
Stamp = tuple[int, int]  # a frame's epoch, and when its file was written


def thinned(count: int, most: int | None) -> list[int]:
    """At most `most` of `count` frames: the first third of them all, for most happens early, the rest evenly up to the
    last.
    """
    if most is None or count <= most:
        return list(range(count))
    early = most // 3
    return [*range(early), *(int(at) for at in np.linspace(early, count - 1, most - early).round())]


def alignment(points: NDArray[Any], target: NDArray[Any]) -> Motion:
    """The rigid motion (turn, mirror, shift; no scaling) that brings points (n, 3) nearest to `target` (n, 3)."""
    here, there = points.astype(np.float64), target.astype(np.float64)
    centre, goal = here.mean(0), there.mean(0)
    turn, _ = best_turn(here - centre, there - goal)
    return Motion(turn, goal - centre @ turn)


@dataclass(frozen=True)
class Film:
    """f frames of n samples, aligned, and k pictures beside them.

    `samples` and `row` are numbers of the test set; `originals` uint8 (k, h, w, 3) are not saved: they belong to the
    data set.
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
            points, epochs, rows = self.points.shape, self.epochs.shape, self.rows.shape
            raise LatentError("films.parts", points=points, epochs=epochs, rows=rows)

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
            raise CheckpointError("films.unusable", path=path, reason=error) from error


class AlignedFrames:
    """The frames of a folder, read and aligned one after the other: each to the one before, the first stands as it is.

    So frames that were shown never move, neither when later ones come nor when others between them are given up: the
    motion that lays a frame on the one before it stands in the frame. `update` reads only what is new; at most `most`
    frames stay, here and on the disk.
    """

    def __init__(self, folder: Path, most: int = MOST) -> None:
        self.folder, self.most = folder, most
        self.frames: dict[int, tuple[int, Halves, Pixels]] = {}  # by epoch, in order: when it was written, points, row

    @property
    def stamps(self) -> list[Stamp]:
        """Of all frames."""
        return [(epoch, written) for epoch, (written, _, _) in self.frames.items()]

    def update(self) -> None:
        """Take up new frames; where some were written anew, begin again. Raises CheckpointError for a damaged one."""
        known = {epoch: _written(frame_path(self.folder, epoch)) for epoch in thin(self.folder, self.most)}
        last = max(self.frames, default=-1)
        renewed = any(known.get(epoch, written) != written for epoch, written in self.stamps)
        if renewed or any(epoch < last for epoch in known.keys() - self.frames.keys()):
            self.frames = {}
        self.frames = {epoch: frame for epoch, frame in self.frames.items() if epoch in known}
        for epoch in sorted(known.keys() - self.frames.keys()):
            self._add(epoch, known[epoch])

    def _add(self, epoch: int, written: int) -> None:
        try:
            points, row, motion = read_frame(self.folder, epoch)
        except CheckpointError:
            if frame_path(self.folder, epoch).exists():
                raise
            return  # given up by the training since it was listed
        if before := self.last:
            _, target, pictures = before
            if points.shape != target.shape or row.shape != pictures.shape:
                path = frame_path(self.folder, epoch)
                raise CheckpointError("films.shape", path=path, shape=points.shape, before=target.shape)
            motion = motion or alignment(points, target)
        self.frames[epoch] = written, points if motion is None else halves(motion(points)), row

    @property
    def last(self) -> tuple[int, Halves, Pixels] | None:
        """The last frame, aligned."""
        return next(reversed(self.frames.values()), None)

    def to_end(self, final: NDArray[Any] | None = None) -> Motion:
        """The motion of all frames that brings the last one to `final` (n, 3), or else to where it was stored. Raises
        CheckpointError.
        """
        last = self._last()[1]
        goal = self.stored_end() if final is None else final
        if goal.shape != last.shape:
            raise CheckpointError("films.end", folder=self.folder, shape=last.shape, goal=goal.shape)
        return alignment(last, goal)

    def stored_end(self) -> Halves:
        """The points of the last frame as they were stored. Raises CheckpointError."""
        self._last()
        return read_frame(self.folder, max(self.frames))[0]

    def _last(self) -> tuple[int, Halves, Pixels]:
        if (last := self.last) is None:
            raise CheckpointError("films.empty", folder=self.folder)
        return last

    def film(self, most: int | None = None, turn: Turn | None = None) -> Film:
        """The frames that are kept, thinned to `most`, each moved by `turn`. Raises CheckpointError where there is no
        frame or no subject.
        """
        self._last()
        subject = read_arrays(self.folder / SUBJECT, ("labels", "samples", "classes", "row", "originals"))
        numbers = list(self.frames)
        shown = [numbers[at] for at in thinned(len(numbers), most)]
        frames = [self.frames[epoch] for epoch in shown]
        try:
            return Film(
                epochs=np.array(shown, np.int32),
                points=np.stack([points if turn is None else halves(turn(points)) for _, points, _ in frames]),
                rows=np.stack([row for _, _, row in frames]),
                **{**subject, "classes": tuple(map(str, subject["classes"]))},
            )
        except LatentError as error:
            raise CheckpointError("films.frames", folder=self.folder, reason=error) from error


def add_frame(folder: Path, epoch: int, points: NDArray[np.float32], row: Pixels, most: int = MOST) -> None:
    """Write the state after `epoch` as `write_frame` does, with the motion that lays it on the frame before it, and
    thin the film.

    Raises LatentError, OSError.
    """
    write_frame(folder, epoch, points, row, _onto_the_last(folder, points))
    thin(folder, most)


def _onto_the_last(folder: Path, points: NDArray[np.float32]) -> Motion | None:
    """The motion that lays points (n, 3) on the last frame in `folder`; None for a first frame, and after a damaged
    one.
    """
    known = epochs(folder)
    if not known:
        return None
    try:
        target, _, motion = read_frame(folder, known[-1])
        if motion is not None:
            target = halves(motion(target))
        elif len(known) > 1:  # of a run from before frames knew their motion
            aligned = AlignedFrames(folder)
            aligned.update()
            target = aligned._last()[1]
    except CheckpointError:
        return None  # the film is lost, which is said where it is shown; the training goes on
    return alignment(halves(points), target) if target.shape == points.shape else None


def assemble_film(folder: Path, most: int | None = None, final: NDArray[np.float32] | None = None) -> Film:
    """The film of all frames in `folder`, thinned to `most`, the space standing as its end shows it.

    Each frame is aligned to the one before; then all are moved as one so that the last lies on `final` (n, 3), the view
    as Explore shows it, or else where it was stored. `final` itself becomes the last frame. Raises CheckpointError.
    """
    aligned = AlignedFrames(folder)
    aligned.update()
    film = aligned.film(most, aligned.to_end(final))
    film.points[-1] = halves(final) if final is not None else aligned.stored_end()
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
        raise LatentError("films.array", shape=planes.shape, kind=str(planes.dtype))
    moved = np.ascontiguousarray(planes.transpose(1, 3, 2, 0)).view(np.uint16)[..., 0]  # (f, n, 3)
    return np.cumsum(moved, axis=0, dtype=np.uint16).view(np.float16)

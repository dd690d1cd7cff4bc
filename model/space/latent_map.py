"""The latent map: every test sample's place, its 3-D view and its neighbours."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self
from zipfile import BadZipFile

import numpy as np
import torch
from numpy.typing import NDArray

from model.errors import CheckpointError, LatentError
from model.files import write_atomically
from model.search.vectors import VectorIndex

LOG = logging.getLogger(__name__)
VIEW = 3
DENSITY_NEIGHBOURS = 10
NEAR = 1.2  # times the usual distance to neighbours, up to which a sample lies among others
ROOM = 0.3  # of an axis, to each side of its middle
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class LatentMap:
    """Latents float32 (n, d) and labels uint8 (n,) of the test set, and the 3-D view of them.

    A point p of the view is Bᵀ(z - c), with `center` c (d,) and `basis` B (d, 3), whose columns are orthonormal.
    For d = 3 the view is the latent space itself (c = 0, B = I); for d > 3 B holds the first three principal axes.
    """

    latents: Floats
    labels: NDArray[np.uint8]
    center: Floats
    basis: Floats

    @classmethod
    def of(cls, latents: Floats, labels: NDArray[np.uint8]) -> Self:
        """The map of these latents, its view computed. Raises LatentError for no sample, a wrong shape or a value that
        is not finite.
        """
        if latents.ndim != 2 or not latents.size or not np.isfinite(latents).all():
            raise LatentError("latent.shape", wanted="(n, d)", shape=latents.shape)
        if labels.shape != latents.shape[:1]:
            raise LatentError("latent.labels", count=len(latents), shape=labels.shape)
        center, basis = _view(latents.astype(np.float32))
        return cls(latents.astype(np.float32), labels.astype(np.uint8), center, basis)

    @property
    def dim(self) -> int:
        """d, the number of latent axes."""
        return self.latents.shape[1]

    @cached_property
    def points(self) -> Floats:
        """The view of every sample, float32 (n, 3)."""
        return self.to_point(self.latents)

    @cached_property
    def mean(self) -> Floats:
        """The mean latent (d,)."""
        return self.latents.mean(0)

    def class_means(self, count: int) -> list[Floats | None]:
        """The mean latent (d,) of each of `count` classes, None for one without samples."""
        own = [self.latents[self.labels == label] for label in range(count)]
        return [latents.mean(0) if len(latents) else None for latents in own]

    @cached_property
    def view_share(self) -> float:
        """The share of the latents' variance that the view shows, 0 to 1: all of it for d = 3."""
        every = float(self.latents.var(0, dtype=np.float64).sum())
        return min(1.0, float(self.points.var(0, dtype=np.float64).sum()) / every) if every else 1.0

    def to_point(self, latents: Floats) -> Floats:
        """The view (..., 3) of latents (..., d)."""
        return ((latents - self.center) @ self.basis).astype(np.float32)

    def to_latent(self, point: Floats, anchor: Floats) -> Floats:
        """The latent (d,) at `point` (3,), all that the view does not show kept from `anchor` (d,)."""
        return (anchor + self.basis @ (point - self.to_point(anchor))).astype(np.float32)

    @cached_property
    def ranges(self) -> Floats:
        """Lowest and highest coordinate on each axis of the view, with a margin of 5 %, or of 0.5 where they are the
        same: (3, 2).
        """
        low, high = self.points.min(0), self.points.max(0)
        margin = np.where(high > low, 0.05 * (high - low), 0.5).astype(np.float32)
        return np.stack([low - margin, high + margin], axis=1)

    @cached_property
    def latent_ranges(self) -> Floats:
        """The middle 98 % of the samples on each latent axis, from and to: (d, 2)."""
        return np.quantile(self.latents, [0.01, 0.99], axis=0).T.astype(np.float32)

    @cached_property
    def latent_index(self) -> VectorIndex:
        """Finds the samples nearest in latent space."""
        return VectorIndex(self.latents)

    @cached_property
    def view_index(self) -> VectorIndex:
        """Finds the samples nearest in the view."""
        return VectorIndex(self.points)

    @cached_property
    def _tensor(self) -> torch.Tensor:
        return torch.from_numpy(self.latents)

    def nearest(self, latents: Floats, k: int) -> tuple[NDArray[np.int64], Floats]:
        """Indices (m, k) and Euclidean distances (m, k) of the k samples nearest to latents (m, d), nearest first.

        Exact. Raises LatentError for a wrong shape, a value that is not finite, or k outside 1..n.
        """
        if latents.ndim != 2 or latents.shape[1] != self.dim or not np.isfinite(latents).all():
            raise LatentError("latent.one", dim=self.dim, shape=latents.shape)
        if not 1 <= k <= len(self.latents):
            raise LatentError("value.range", "k", value=k, low=1, high=len(self.latents))
        return nearest_rows(self._tensor, torch.from_numpy(np.ascontiguousarray(latents, np.float32)), k)

    @cached_property
    def _typical_distance(self) -> float:
        sample = self.latents[:: max(1, len(self.latents) // 1000)]
        k = min(DENSITY_NEIGHBOURS + 1, len(self.latents))
        _, distances = self.nearest(sample, k)
        return float(np.median(distances[:, 1:].mean(1))) or 1e-9

    def remoteness(self, index: NDArray[np.int64]) -> Floats:
        """How far samples (m,) lie from their 10 nearest others, beside what is usual (1): float32 (m,)."""
        _, distances = self.nearest(self.latents[index], min(DENSITY_NEIGHBOURS + 1, len(self.latents)))
        return (
            np.asarray(distances[:, 1:].mean(1) / self._typical_distance, np.float32)
            if len(self.latents) > 1
            else np.ones(len(index), np.float32)
        )

    def inside(self, index: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which samples (m,) lie where a probe has room: near others, and away from the ends of the axes: bool (m,)."""
        low, high = self.ranges.T
        along = (self.points[index] - low) / (high - low)  # (m, 3)
        return np.asarray((self.remoteness(index) <= NEAR) & (np.abs(along - 0.5) <= ROOM).all(1), bool)

    def save(self, path: Path) -> None:
        """Write latents and labels as .npz, atomically; the view is computed anew on loading."""
        write_atomically(path, lambda file: np.savez(file, latents=self.latents, labels=self.labels))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote. Raises CheckpointError if it is missing, damaged or not finite."""
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                return cls.of(arrays["latents"], arrays["labels"])
        except (OSError, ValueError, KeyError, EOFError, BadZipFile, LatentError) as error:
            raise CheckpointError("latent.map", path=path, reason=error) from error

    @classmethod
    def kept(cls, path: Path | None, compute: Callable[[], Self]) -> Self:
        """The map in the file `path`, or else computed and, where that can be, kept there."""
        if path and path.is_file():
            try:
                return cls.load(path)
            except CheckpointError as error:
                LOG.warning("%s It is computed again.", error)
        computed = compute()
        if path:
            try:
                computed.save(path)
            except OSError as error:
                LOG.warning(
                    "The latent map could not be kept in %s (%s); it is computed again on the next start.", path, error
                )
        return computed


def nearest_rows(rows: torch.Tensor, queries: torch.Tensor, k: int) -> tuple[NDArray[np.int64], Floats]:
    """Indices and distances (m, k) of the k rows (n, d) nearest to each query (m, d): one matrix product picks
    candidates, whose distances are then computed from differences, without cancellation."""
    squares = rows.square().sum(1) - 2 * queries @ rows.T  # (m, n), less |q|^2, which orders nothing
    candidates = squares.topk(min(k + 8, len(rows)), largest=False).indices  # (m, k + 8)
    exact = torch.linalg.vector_norm(rows[candidates] - queries[:, None], dim=2)  # (m, k + 8)
    distances, order = exact.sort(dim=1, stable=True)
    return candidates.gather(1, order)[:, :k].numpy(), distances[:, :k].numpy()


def _view(latents: Floats) -> tuple[Floats, Floats]:
    d = latents.shape[1]
    if d <= VIEW:
        return np.zeros(d, np.float32), np.eye(d, VIEW, dtype=np.float32)
    center = latents.mean(0)
    _, _, axes = np.linalg.svd((latents - center).T @ (latents - center))
    axes *= np.where(np.abs(axes).max(1) == axes.max(1), 1, -1)[
        :, None
    ]  # a sign of its own choice would differ between machines
    return center, np.ascontiguousarray(axes[:VIEW].T, np.float32)

"""Where the training data are dense, as contour lines in slices through a three-dimensional latent space."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.space.density import Density
from model.space.latent_map import DENSITY_NEIGHBOURS, Floats

SLICES = 12
CELLS = 48  # of a slice, each way
PERCENTILE = 90.0  # so many of the held-out images lie within


def contours(density: Density, ranges: Floats, percentile: float = PERCENTILE) -> list[list[Floats]]:
    """Closed lines float32 (m, 3) around the places denser than those of all but 100 - `percentile` % of the held-out
    images, slice by slice along the third axis of the box `ranges` (3, 2); inner lines bound holes.

    Marching squares (scikit-image's find_contours) on the distance to the 10 nearest of the reference.
    """
    from skimage.measure import find_contours  # here, because its import is slow
    from sklearn.neighbors import KDTree

    level = float(np.interp(percentile, np.linspace(0, 100, len(density.distances)), density.distances))
    low, high = ranges.T
    x, y = (np.linspace(low[axis], high[axis], CELLS) for axis in (0, 1))
    heights = np.linspace(low[2], high[2], SLICES + 2)[1:-1]
    places = np.stack(np.meshgrid(heights, x, y, indexing="ij"), axis=-1)[..., [1, 2, 0]]  # (slices, cells, cells, 3)
    tree = KDTree(density.reference)
    k = min(DENSITY_NEIGHBOURS, len(density.reference))
    distance = tree.query(places.reshape(-1, 3), k=k)[0].mean(1).reshape(SLICES, CELLS, CELLS)
    beyond = 4 * level  # around the box, so that every line closes; infinity would leave no place to interpolate
    if not beyond:
        return [[] for _ in heights]
    return [
        [_on_axes(line, x, y, height) for line in find_contours(np.pad(field, 1, constant_values=beyond), level)]
        for field, height in zip(np.minimum(distance, beyond), heights, strict=True)
    ]


def _on_axes(line: NDArray[np.float64], x: NDArray[np.float64], y: NDArray[np.float64], height: float) -> Floats:
    """A line of cells (m, 2), the first of which is padding, in the units of the axes."""
    across, along = (np.interp(line[:, axis] - 1, np.arange(CELLS), values) for axis, values in enumerate((x, y)))
    return np.stack([across, along, np.full(len(line), height)], axis=1).astype(np.float32)

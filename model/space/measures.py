"""By what samples are sorted and selected: how badly each is reconstructed, how empty its surroundings are, and how
many of its neighbours are of another class.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from model.space.density import Density
from model.space.latent_map import Floats, LatentMap, nearest_rows

NEIGHBOURS = 10
BATCH = 500


def measured(latent_map: LatentMap, density: Density, errors: Floats | None) -> Floats:
    """The measures of every sample, float32 (3, n): its mean squared error, NaN where `errors` (n,) are not known; its
    density percentile, 0 to 100 (see `Density.percentile`); its misfit, 0 to 1.
    """
    known = np.full(len(latent_map.labels), np.nan, np.float32) if errors is None else errors
    return np.stack([known, density.percentile(latent_map.latents), misfit(latent_map.latents, latent_map.labels)])


def misfit(latents: Floats, labels: NDArray[np.uint8]) -> Floats:
    """The share of each sample's 10 nearest others in latent space (n, d) that are of another class: float32 (n,).

    Samples that lie at one place are neighbours too; a single sample has none, and fits.
    """
    k = min(NEIGHBOURS, len(latents) - 1)
    found = np.zeros(len(latents), np.float32)
    if not k:
        return found
    rows = torch.from_numpy(np.ascontiguousarray(latents, np.float32))
    for start in range(0, len(latents), BATCH):
        own = np.arange(start, min(start + BATCH, len(latents)))
        index, _ = nearest_rows(rows, rows[start : start + BATCH], k + 1)  # (b, k + 1)
        found[own] = (labels[_others(index, own)] != labels[own, None]).mean(1)
    return found


def _others(index: NDArray[np.int64], own: NDArray[np.int64]) -> NDArray[np.int64]:
    """Neighbours index (b, k + 1) of samples own (b,) without these, (b, k): where one is not among them, because as
    many lie at its very place, the last is left out.
    """
    left_out = index == own[:, None]
    left_out[~left_out.any(1), -1] = True
    return index[~left_out].reshape(len(own), -1)

"""How well latents keep neighbourhoods: of classes (k nearest neighbours), and of pixels (trustworthiness,
continuity).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from model.images import to_unit
from model.space.latent_map import Floats, nearest_rows

BATCH = 1000
NEIGHBOURS = 10
KEPT_NEIGHBOURS, KEPT_SAMPLES = 15, 2000


def knn_accuracy(latents: Tensor, labels: NDArray[np.uint8], k: int = NEIGHBOURS) -> float:
    """Share of samples whose class is the majority of their k nearest others (leave one out; ties to the
    lower class).
    """
    right = 0
    for start in range(0, len(latents), BATCH):
        index, _ = nearest_rows(latents, latents[start : start + BATCH], k + 1)
        own = np.arange(start, start + len(index))[:, None]
        others = np.where(index == own, -1, index)  # (m, k + 1), at most one of a row is the sample itself
        for row, label in zip(others, labels[start : start + BATCH], strict=True):
            votes = np.bincount(labels[row[row >= 0][:k]])
            right += int(votes.argmax() == label)
    return right / len(latents)


def trustworthiness(images: Tensor, latents: Tensor) -> float:
    """Trustworthiness (Venna & Kaski 2001) of the latents against pixels: 1 if all that are near in the map are near in
    pixels.

    15 neighbours, on at most 2,000 samples. With fewer samples than that takes, fewer neighbours; below 4 samples
    everything is a neighbour, and it is 1.
    """
    pixels, codes = _sampled(images, latents)
    return _trust(pixels, codes)


def continuity(images: Tensor, latents: Tensor) -> float:
    """Continuity (Venna & Kaski 2001): 1 if all that are near in pixels are near in the map too, none of them torn
    away.

    It is trustworthiness with the roles of pixels and latents exchanged, on the same samples.
    """
    pixels, codes = _sampled(images, latents)
    return _trust(codes, pixels)


def _sampled(images: Tensor, latents: Tensor) -> tuple[Floats, Floats]:
    """Pixels (m, 3072) in [0, 1] and latents (m, d) of the same samples, always the same ones of as many."""
    chosen = np.sort(np.random.default_rng(0).permutation(len(latents))[:KEPT_SAMPLES])
    return to_unit(images[chosen].flatten(1)).cpu().numpy(), latents[chosen].cpu().numpy()


def _trust(truth: Floats, seen: Floats) -> float:
    """How far neighbours in `seen` (m, b) can be trusted to be neighbours in `truth` (m, a)."""
    from sklearn.manifold import trustworthiness as measure  # here, because its import is slow

    neighbours = min(KEPT_NEIGHBOURS, (len(truth) - 1) // 2)
    if neighbours < 1 or len(truth) < 4:
        return 1.0
    return float(measure(truth, seen, n_neighbors=neighbours))

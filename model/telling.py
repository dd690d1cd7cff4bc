"""The sample to begin with: one of which the few numbers of a latent tell something."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

REMOTE = 2.0  # times the usual distance to neighbours, from which a sample is no fair example


def telling_sample(images: NDArray[np.uint8], reconstructions: NDArray[np.uint8], remoteness: NDArray[np.float32]) -> int:
    """The most telling of images (n, 3, h, w), of reconstructions (n, h, w, 3) that lie at `remoteness` (n,) from their neighbours, 1 being usual.

    Of those with no more than the median error that have neighbours, the one whose reconstruction differs most from left to right: few
    pictures lack a horizon, so light above and dark below tell little; a shape does.
    """
    errors, spreads = np.empty(len(images)), np.empty(len(images))
    for at, (image, drawn) in enumerate(zip(images, reconstructions, strict=True)):  # one at a time: all as numbers would take 500 MB
        errors[at] = np.square(image.transpose(1, 2, 0).astype(np.float32) - drawn).mean()
        spreads[at] = drawn.mean(0).var(0).sum()  # of the columns' means (w, 3)
    fair = (errors <= np.median(errors)) & (remoteness <= REMOTE)
    return int(np.argmax(np.where(fair, spreads, -1)))

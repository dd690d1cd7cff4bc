"""The sample to begin with: one of which the few numbers of a latent tell something."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def telling_sample(images: NDArray[np.uint8], reconstructions: NDArray[np.uint8]) -> int:
    """The most telling of images (n, 3, h, w) and their reconstructions (n, h, w, 3): of the half with the smaller error, the one whose
    reconstruction differs most from left to right. Few pictures lack a horizon, so light above and dark below tell little; a shape does.
    """
    errors, spreads = np.empty(len(images)), np.empty(len(images))
    for at, (image, drawn) in enumerate(zip(images, reconstructions, strict=True)):  # one at a time: all as numbers would take 500 MB
        difference = image.transpose(1, 2, 0).astype(np.float32) - drawn
        columns = drawn.mean(0)  # (w, 3)
        errors[at], spreads[at] = np.square(difference).mean(), columns.var(0).sum()
    return int(np.argmax(np.where(errors <= np.median(errors), spreads, -1)))

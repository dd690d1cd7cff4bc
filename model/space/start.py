"""The sample to begin with: one of which the few numbers of a latent tell something."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def telling_sample(images: NDArray[np.uint8], reconstructions: NDArray[np.uint8], inside: NDArray[np.bool_]) -> int:
    """The most telling of images (n, 3, h, w), of reconstructions (n, h, w, 3) and of those `inside` (n,) the map,
    where there are any.

    A picture tells by the part of its variance that the reconstruction explains, times the spread of the reconstruction
    from left to right: few pictures lack a horizon, so light above and dark below tell little; a shape does.
    """
    worth = np.array(
        [_worth(image, drawn) for image, drawn in zip(images, reconstructions, strict=True)]
    )  # one at a time: all would take 500 MB
    return int(np.argmax(np.where(inside, worth, -1) if inside.any() else worth))


def _worth(image: NDArray[np.uint8], drawn: NDArray[np.uint8]) -> float:
    wanted = image.transpose(1, 2, 0).astype(np.float32)  # (h, w, 3)
    explained = 1 - np.square(wanted - drawn).mean() / max(float(wanted.var((0, 1)).mean()), 1e-9)
    spread = np.sqrt(drawn.mean(0).var(0).sum())  # of the columns' means (w, 3)
    return float(max(explained, 0) * spread)

"""What usual means for a model: the density of its training data and its errors, calibrated on held-out images."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from model.data.dataset import ImageDataset
from model.evaluation.reconstruction import encode_all, errors, squared_errors
from model.networks import Autoencoder
from model.space.density import REFERENCE_MOST, Density
from model.space.latent_map import Floats


def calibrate(autoencoder: Autoencoder, train: ImageDataset, held_out: Floats, images: Tensor) -> Density:
    """The density of `train` in the latent space, calibrated on held-out latents (m, d) of `images` uint8
    (m, 3, 32, 32).

    Raises LatentError where a latent is not finite.
    """
    chosen = train.take(min(REFERENCE_MOST, len(train)))
    reference = encode_all(autoencoder, torch.from_numpy(chosen.images).to(images.device)).cpu().numpy()
    return Density.of(reference, held_out, errors(autoencoder, images, squared_errors).cpu().numpy())


def uniformity(density: Density, latents: Floats) -> float:
    """How far the percentiles of latents (m, d) are from being spread evenly: the largest distance between their
    distribution and the uniform one (Kolmogorov & Smirnov), 0 to 1.
    """
    ranks = np.sort(density.percentile(latents)) / 100
    steps = np.arange(len(ranks) + 1) / len(ranks)
    return float(max((steps[1:] - ranks).max(), (ranks - steps[:-1]).max()))

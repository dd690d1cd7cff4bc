"""How near the pictures come: squared and absolute error, PSNR, SSIM. Pixels lie in [0, 1], errors are per channel."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import Tensor

from model.images import to_unit
from model.networks import Autoencoder

BATCH = 1000


@torch.inference_mode()
def encode_all(autoencoder: Autoencoder, images: Tensor) -> Tensor:
    """Latents float32 (n, d) of uint8 images (n, 3, 32, 32), on the images' device."""
    return torch.cat([autoencoder.encode(to_unit(batch)) for batch in images.split(BATCH)])


@torch.inference_mode()
def reconstruct_all(autoencoder: Autoencoder, images: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """Batches of float images and their reconstructions, both (m, 3, 32, 32) in [0, 1]."""
    for batch in images.split(BATCH):
        pixels = to_unit(batch)
        yield pixels, autoencoder.decode(autoencoder.encode(pixels))


def squared_errors(images: Tensor, others: Tensor) -> Tensor:
    """Mean squared error of each image (n,), both being (n, 3, 32, 32)."""
    return (images - others).square().flatten(1).mean(1)


def absolute_errors(images: Tensor, others: Tensor) -> Tensor:
    """Mean absolute error of each image (n,), both being (n, 3, 32, 32)."""
    return (images - others).abs().flatten(1).mean(1)


def errors(autoencoder: Autoencoder, images: Tensor, measure: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
    """What `measure` says of each image and its reconstruction: (n,)."""
    return torch.cat([measure(x, y) for x, y in reconstruct_all(autoencoder, images)])


def psnr(errors: Tensor) -> float:
    """Peak signal-to-noise ratio in decibels, the mean over images with squared errors (n,); the peak is 1."""
    return float((-10 * errors.clamp_min(1e-10).log10()).mean())


def ssim(autoencoder: Autoencoder, images: Tensor) -> float:
    """Structural similarity (Wang et al. 2004; Gaussian window), the mean over images and channels."""
    from skimage.metrics import structural_similarity  # here, because its import is slow

    pairs = [(x.cpu().numpy(), y.cpu().numpy()) for x, y in reconstruct_all(autoencoder, images)]
    options = {
        "channel_axis": 0,
        "data_range": 1.0,
        "gaussian_weights": True,
        "sigma": 1.5,
        "use_sample_covariance": False,
    }
    return float(np.mean([structural_similarity(a, b, **options) for x, y in pairs for a, b in zip(x, y, strict=True)]))

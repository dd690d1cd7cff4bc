"""What training minimises."""

from __future__ import annotations

import torch
from torch import Tensor

from model.config import ObjectiveConfig


def reconstruction_error(output: Tensor, images: Tensor, power: int) -> Tensor:
    """Mean of |f(x) - x|^n over images and channels, n = `power`: a scalar. Both are (n, 3, 32, 32)."""
    difference = output - images
    return difference.abs().mean() if power == 1 else difference.square().mean()


def corrupt(images: Tensor, noise: float, generator: torch.Generator) -> Tensor:
    """Images plus Gaussian noise of that standard deviation (denoising autoencoder, Vincent et al. 2008)."""
    if noise == 0:
        return images
    return images + noise * torch.randn(images.shape, generator=generator, device=images.device)


def objective(output: Tensor, latents: Tensor, images: Tensor, config: ObjectiveConfig) -> Tensor:
    """The loss of a batch, a scalar: reconstruction error and the weighted mean squared latent."""
    loss = reconstruction_error(output.float(), images, config.power)
    if config.latent_penalty:
        loss = loss + config.latent_penalty * latents.float().square().mean()
    return loss

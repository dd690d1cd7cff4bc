"""What training minimises: reconstruction, and what is asked of the latents beside it."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, l1_loss, mse_loss

from model.config import IMAGE_NUMBERS, ObjectiveConfig
from model.losses import LOSSES, POWER
from model.networks import Autoencoder

GUIDE_WIDTH = 64


def reconstruction_error(output: Tensor, images: Tensor, config: ObjectiveConfig) -> Tensor:
    """Mean of |f(x) - x|^n, or of another loss, over images and channels: a scalar. Both are (n, 3, 32, 32)."""
    if config.loss != POWER:
        return LOSSES[config.loss](output - images).mean()
    return l1_loss(output, images) if config.power == 1 else mse_loss(output, images)


def corrupt(images: Tensor, config: ObjectiveConfig, generator: torch.Generator) -> Tensor:
    """Images (n, 3, h, w) as a denoising autoencoder sees them (Vincent et al. 2008); unchanged with `noise` 0.

    Gaussian noise of standard deviation `noise`; or that share of the pixels black (masking), or black or white (salt
    and pepper).
    """
    if config.noise == 0:
        return images
    if config.corruption == "gaussian":
        return images + config.noise * torch.randn(images.shape, generator=generator, device=images.device)
    draw = torch.rand(
        len(images), 1, *images.shape[2:], generator=generator, device=images.device
    )  # (n, 1, h, w): a pixel is hit whole
    value = torch.zeros_like(draw) if config.corruption == "masking" else (draw < config.noise / 2).float()
    return torch.where(draw < config.noise, value, images)


def kl_divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL(N(mean, variance) || N(0, 1)) in nats of each latent number (Kingma & Welling 2014, appendix B): (n, d)."""
    return 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance)


class LatentClassifier(nn.Module):
    """A small classifier on the latent: latents (n, d) to scores (n, classes). It is not part of the saved model."""

    def __init__(self, latent_dim: int, classes: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(latent_dim, GUIDE_WIDTH), nn.GELU(), nn.Linear(GUIDE_WIDTH, classes))

    def forward(self, latents: Tensor) -> Tensor:
        return self.layers(latents.float())


class Objective(nn.Module):
    """The network with everything that its loss needs, so that one call, compiled or shared between devices, is one
    step.
    """

    def __init__(self, autoencoder: Autoencoder, config: ObjectiveConfig, classes: int) -> None:
        super().__init__()
        self.config = config
        self.autoencoder = autoencoder
        self.guide = LatentClassifier(autoencoder.config.latent_dim, classes) if config.guidance else None

    def forward(self, inputs: Tensor, images: Tensor, labels: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
        """The loss and, for the record, the mean squared error: scalars.

        `inputs` and `images` are (n, 3, 32, 32), the second clean; `labels` (n,); `noise` (n, d) standard normal, for
        variational networks.
        """
        config = self.config
        mean, log_variance = self.autoencoder.encode_distribution(inputs)
        latents = mean if log_variance is None else mean + (0.5 * log_variance).exp() * noise
        output = self.autoencoder.decode_raw(latents).float()
        loss = reconstruction_error(output, images, config)
        squared = config.loss == POWER and config.power == 2
        error = (loss if squared else mse_loss(output, images)).detach()
        if config.beta and log_variance is not None:
            loss = loss + config.beta * kl_divergence(mean, log_variance).sum(1).mean() / IMAGE_NUMBERS
        if config.latent_penalty:
            loss = loss + config.latent_penalty * mean.float().square().mean()
        if self.guide is not None:
            loss = loss + config.guidance * cross_entropy(self.guide(latents), labels)
        return loss, error

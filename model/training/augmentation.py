"""Augmentation on whole batches, on the device, without host synchronisation."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import pad

from model.config import TrainingConfig


def augment(images: Tensor, config: TrainingConfig, generator: torch.Generator) -> Tensor:
    """Mirrored and shifted copies of float images (n, 3, 32, 32), as the configuration says."""
    if config.flip:
        images = _flip(images, generator)
    if config.shift:
        images = _shift(images, config.shift, generator)
    return images


def _flip(images: Tensor, generator: torch.Generator) -> Tensor:
    mirrored = torch.rand(len(images), 1, 1, 1, generator=generator, device=images.device) < 0.5
    return torch.where(mirrored, images.flip(3), images)


def _shift(images: Tensor, most: int, generator: torch.Generator) -> Tensor:
    n, _, height, width = images.shape
    padded = pad(images, (most, most, most, most), mode="replicate")  # (n, 3, h + 2 most, w + 2 most)
    offsets = torch.randint(0, 2 * most + 1, (2, n, 1), generator=generator, device=images.device)
    rows = offsets[0] + torch.arange(height, device=images.device)  # (n, h)
    columns = offsets[1] + torch.arange(width, device=images.device)  # (n, w)
    samples = torch.arange(n, device=images.device)[:, None, None]
    shifted = padded.permute(0, 2, 3, 1)[samples, rows[:, :, None], columns[:, None, :]]  # (n, h, w, 3)
    return shifted.permute(0, 3, 1, 2)

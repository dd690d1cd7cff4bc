"""Augmentation on whole batches, on the device, without host synchronisation."""

from __future__ import annotations

import torch
from torch import Tensor

from model.config import TrainingConfig


def augment(pixels: Tensor, config: TrainingConfig, generator: torch.Generator) -> Tensor:
    """Mirrored and shifted copies of images uint8 (n, 3, h, w), as the configuration says: bytes are a quarter of what
    floats would be to move.
    """
    if config.flip:
        pixels = _flip(pixels, generator)
    if config.shift:
        pixels = _shift(pixels, config.shift, generator)
    return pixels


def _flip(pixels: Tensor, generator: torch.Generator) -> Tensor:
    n = len(pixels)
    mirrored = torch.rand(n, generator=generator, device=pixels.device) < 0.5
    both = torch.cat([pixels, pixels.flip(3)])  # (2 n, 3, h, w); whole images are quicker to pick than single pixels
    return both.index_select(0, torch.arange(n, device=pixels.device) + n * mirrored)


def _shift(pixels: Tensor, most: int, generator: torch.Generator) -> Tensor:
    """The pixels at the border are repeated."""
    n, _, height, width = pixels.shape
    offsets = torch.randint(0, 2 * most + 1, (2, n, 1), generator=generator, device=pixels.device) - most
    rows = (offsets[0] + torch.arange(height, device=pixels.device)).clamp(0, height - 1)  # (n, h)
    columns = (offsets[1] + torch.arange(width, device=pixels.device)).clamp(0, width - 1)  # (n, w)
    samples = torch.arange(n, device=pixels.device)[:, None, None]
    shifted = pixels.permute(0, 2, 3, 1)[samples, rows[:, :, None], columns[:, None, :]]  # (n, h, w, 3)
    return shifted.permute(0, 3, 1, 2)

"""Pixels: uint8 at every border, float32 in [0, 1] inside the networks. The two meet here and nowhere else."""

from __future__ import annotations

import torch
from torch import Tensor

WHITE = 255


def to_unit(pixels: Tensor) -> Tensor:
    """uint8 pixels as float32 in [0, 1], of the same shape, on the same device."""
    return pixels.float().div_(WHITE)


def to_bytes(images: Tensor) -> Tensor:
    """Images in [0, 1] as uint8 pixels of the same shape, rounded. Changes `images`."""
    return images.mul_(WHITE).add_(0.5).to(torch.uint8)

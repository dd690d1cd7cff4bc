"""How the weights are changed: the learning rate's schedule, the optimiser, memory layout and compilation."""

from __future__ import annotations

import math
import shutil
from typing import cast

import torch
from torch import nn

from model.config import NetworkConfig, TrainingConfig


def learning_rate(step: int, steps: int, config: TrainingConfig) -> float:
    """One cycle (Smith 2018): a linear rise over the share `warmup`, then half a cosine down to 0."""
    rise = config.warmup * steps
    if step < rise:
        return config.learning_rate * (step + 1) / (rise + 1)
    return config.learning_rate * 0.5 * (1 + math.cos(math.pi * (step - rise) / max(1.0, steps - rise)))


def memory_layout(config: NetworkConfig) -> torch.memory_format:
    """Convolutions want the channels last; fully connected networks would only copy everything there and back."""
    return torch.contiguous_format if config.encoder == config.decoder == "dense" else torch.channels_last


def compiled(objective: nn.Module, device: torch.device) -> nn.Module:
    """`objective`, compiled where it pays and can be done: on CUDA, with a C compiler for the launchers at hand."""
    if device.type != "cuda" or not (shutil.which("cc") or shutil.which("gcc")):
        return objective
    return cast(nn.Module, torch.compile(objective))


def build_optimiser(objective: nn.Module, config: TrainingConfig) -> torch.optim.Optimizer:
    """AdamW (Loshchilov and Hutter 2019), fused; biases and norms are not decayed."""
    matrices = [p for p in objective.parameters() if p.ndim > 1]
    vectors = [p for p in objective.parameters() if p.ndim <= 1]
    groups = [{"params": matrices, "weight_decay": config.weight_decay}, {"params": vectors, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=config.learning_rate, betas=(0.9, 0.99), fused=True)

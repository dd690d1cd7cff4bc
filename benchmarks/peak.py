"""How much arithmetic a training step is, and how much the machine can do at best."""

from __future__ import annotations

import time

import torch
from torch.utils.flop_counter import FlopCounterMode

from model.config import IMAGE_SHAPE, RunConfig
from model.device import autocast
from model.networks import Autoencoder

SIDE = {"cuda": 8192, "cpu": 1024}
SECONDS = 2.0


def clock() -> float:
    """Seconds: of the processor where one thread computes, as what else runs on the machine then does not count."""
    alone = torch.get_num_threads() == 1 and not torch.cuda.is_available()
    return time.thread_time() if alone else time.perf_counter()


def step_flops(config: RunConfig) -> int:
    """Floating-point operations of the matrix products in one step, forward and backward, as PyTorch counts them."""
    autoencoder = Autoencoder(config.network)
    with FlopCounterMode(display=False) as counter:
        autoencoder(torch.zeros(config.training.batch_size, *IMAGE_SHAPE)).square().mean().backward()
    return counter.get_total_flops()


def peak_flops(config: RunConfig, device: torch.device) -> tuple[float, str]:
    """Operations a second of the quickest large matrix product in the precision that the configuration trains in, and
    that precision.
    """
    with autocast(config.training.precision, device):
        kind = torch.get_autocast_dtype(device.type) if torch.is_autocast_enabled(device.type) else torch.float32
    side = SIDE[device.type]
    a, b = (torch.randn(side, side, device=device).to(kind) for _ in range(2))
    return 2 * side**3 / min(_products(a, b)), str(kind).removeprefix("torch.")


def _products(a: torch.Tensor, b: torch.Tensor) -> list[float]:
    seconds: list[float] = []
    start = time.perf_counter()
    while time.perf_counter() - start < SECONDS or len(seconds) < 3:
        before = clock()
        a @ b
        if a.is_cuda:
            torch.cuda.synchronize()
        seconds.append(clock() - before)
    return seconds

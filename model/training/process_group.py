"""Data-parallel training under torchrun: every process sees the same draws, takes its own part of each batch, and
shares what must agree.

Weights, order, augmentation and noise come from the same seeds everywhere, batch normalisation shares its sums and
DistributedDataParallel the gradients: N processes do the arithmetic of one, up to the order of its sums.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed._functional_collectives import all_reduce  # the one with a gradient
from torch.nn.parallel import DistributedDataParallel

from model.device import best_device
from model.errors import ConfigError


@dataclass(frozen=True)
class ProcessGroup:
    """The processes of one run: this one's `rank` of `size`, and its device."""

    device: torch.device
    rank: int = 0
    size: int = 1

    @property
    def is_rank_zero(self) -> bool:
        """Whether this process is rank 0, which alone evaluates and writes."""
        return self.rank == 0

    def part(self, batch_size: int) -> slice:
        """This process's rows of a batch. Raises ConfigError if the batch cannot be shared out evenly."""
        if batch_size % self.size:
            raise ConfigError("training.shared_batch", "batch_size", value=batch_size, count=self.size)
        each = batch_size // self.size
        return slice(self.rank * each, (self.rank + 1) * each)

    def wrap(self, module: nn.Module) -> nn.Module:
        """`module`, its gradients and batch statistics those of all processes together. Changes `module`."""
        if self.size == 1:
            return module
        _share_batch_norms(module)
        devices = [self.device.index] if self.device.type == "cuda" else None
        return DistributedDataParallel(module, device_ids=devices, forward_sync_buffers=False)

    def mean(self, value: Tensor) -> Tensor:
        """The mean of `value` over the processes."""
        if self.size > 1:
            dist.all_reduce(value)
            value /= self.size
        return value

    def any(self, value: bool) -> bool:
        """Whether it is true in any of the processes; all must ask at the same step."""
        if self.size == 1:
            return value
        return bool(self.mean(torch.tensor(float(value), device=self.device)) > 0)

    def destroy(self) -> None:
        """Destroy the process group."""
        if self.size > 1 and dist.is_initialized():
            dist.destroy_process_group()


def init_process_group() -> ProcessGroup:
    """The group that torchrun set up by its environment variables; a group of one without it."""
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        return ProcessGroup(best_device())
    cuda = torch.cuda.is_available()
    device = torch.device("cuda", int(os.environ["LOCAL_RANK"])) if cuda else torch.device("cpu")
    if cuda:
        torch.cuda.set_device(device)
    dist.init_process_group("nccl" if cuda else "gloo")
    return ProcessGroup(device, dist.get_rank(), size)


class SharedBatchNorm(nn.modules.batchnorm._BatchNorm):
    """Batch normalisation over the batches of all processes (as nn.SyncBatchNorm, which has no CPU version)."""

    def _check_input_dim(self, input: Tensor) -> None:
        """Any number of dimensions: channels are the second."""

    def forward(self, input: Tensor) -> Tensor:
        """Normalised `input` (n, c, ...); outside training with the running statistics."""
        if not self.training:
            return super().forward(input)
        values = input.float()
        axes = [0, *range(2, input.ndim)]
        shape = (1, -1, *[1] * (input.ndim - 2))
        count = values.numel() // values.shape[1] * dist.get_world_size()
        mean = _everywhere(values.sum(axes)) / count  # (c,)
        centred = values - mean.view(shape)
        variance = _everywhere(centred.square().sum(axes)) / count  # (c,)
        self._remember(mean.detach(), variance.detach() * count / max(1, count - 1))
        scale = self.weight * (variance + self.eps).rsqrt()  # (c,)
        return (centred * scale.view(shape) + self.bias.view(shape)).to(input.dtype)

    @torch.no_grad()
    def _remember(self, mean: Tensor, variance: Tensor) -> None:
        if self.running_mean is None or self.running_var is None or self.num_batches_tracked is None:
            return
        self.num_batches_tracked.add_(1)
        self.running_mean.lerp_(mean, self.momentum or 0.0)
        self.running_var.lerp_(variance, self.momentum or 0.0)


def _everywhere(value: Tensor) -> Tensor:
    """The sum of `value` over all processes, with its gradient."""
    world = dist.group.WORLD
    assert world is not None
    return all_reduce(value, "sum", world)


def _share_batch_norms(module: nn.Module) -> None:
    for child in module.modules():
        if isinstance(child, nn.BatchNorm1d | nn.BatchNorm2d):
            child.__class__ = SharedBatchNorm  # type: ignore[assignment]

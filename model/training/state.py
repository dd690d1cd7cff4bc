"""The exact state of a training on the disk: weights and the optimiser's moments, as safetensors."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

from model.checkpoint import load_tensors, load_weights, save_tensors
from model.errors import CheckpointError


def snapshot(epoch: int, modules: Mapping[str, nn.Module], optimiser: torch.optim.Optimizer) -> dict[str, Tensor]:
    """Copies of all that the state is made of, which no later step changes; the modules' tensors under their names in
    `modules`.
    """
    tensors = {
        f"{prefix}.{name}": tensor for prefix, module in modules.items() for name, tensor in module.state_dict().items()
    }
    for index, moments in optimiser.state_dict()["state"].items():
        tensors |= {f"optimiser.{index}.{name}": torch.as_tensor(value) for name, value in moments.items()}
    copies = {name: tensor.detach().to("cpu", copy=True) for name, tensor in tensors.items()}
    return {**copies, "epoch": torch.tensor(epoch)}


def write_state(path: Path, state: Mapping[str, Tensor]) -> None:
    """Write a snapshot, atomically. Raises OSError."""
    save_tensors(path, state)


def read_state(path: Path, modules: Mapping[str, nn.Module], optimiser: torch.optim.Optimizer) -> int:
    """Bring modules and optimiser to the state that `write_state` wrote; its epoch. Raises CheckpointError if it is
    damaged or of another network.
    """
    tensors = load_tensors(path)
    if "epoch" not in tensors:
        raise CheckpointError("training.stateless", path=path)
    for prefix, module in modules.items():
        load_weights(
            module,
            {
                name.removeprefix(f"{prefix}."): tensor
                for name, tensor in tensors.items()
                if name.startswith(f"{prefix}.")
            },
        )
    state = optimiser.state_dict()
    parameters = [p for group in optimiser.param_groups for p in group["params"]]
    for name, tensor in tensors.items():
        if name.startswith("optimiser."):
            _, index, key = name.split(".")
            state["state"].setdefault(int(index), {})[key] = _laid_out_like(parameters[int(index)], tensor)
    optimiser.load_state_dict(state)
    return int(tensors["epoch"])


def _laid_out_like(parameter: Tensor, moment: Tensor) -> Tensor:
    """The fused optimiser walks raw memory: moments must lie as their parameter does (channels-last)."""
    return torch.empty_like(parameter).copy_(moment) if moment.shape == parameter.shape else moment

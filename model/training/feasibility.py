"""Whether a training can run on this machine: one check for the form, the API, the shell and the training process
itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch

from model.config import RunConfig, Settings
from model.data.catalogue import count_images
from model.data.dataset import SPLITS, ImageDataset
from model.device import best_device
from model.errors import ConfigError, DataError
from model.messages import Message
from model.training import memory


class RefusedError(ConfigError):
    """A training that cannot run here: `reason` in one word, and what is `known` of it nevertheless."""

    def __init__(self, message: Message, reason: str, known: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.reason, self.known = reason, known or {}


@dataclass(frozen=True)
class Counts:
    """What there is to train on: images of both splits, and classes."""

    train: int
    test: int
    classes: int

    @classmethod
    def at(cls, settings: Settings, dataset: str) -> Counts:
        """Of the data set of that name, without reading a picture. Raises RefusedError."""
        try:
            (train, classes), (test, _) = (count_images(settings, dataset, split) for split in SPLITS)
        except DataError as error:
            raise RefusedError(error.message, "data") from error
        return cls(train, test, classes)

    @classmethod
    def of(cls, train: ImageDataset, test: ImageDataset) -> Counts:
        """Of images that are loaded."""
        return cls(len(train), len(test), len(train.classes))


def check(config: RunConfig, counts: Counts, device: torch.device) -> None:
    """Raise RefusedError if this process cannot train `config`: what it holds in memory already counts as part of what
    it needs.
    """
    check_batch(config, counts.train)
    there = memory.available(device) + (0 if device.type == "cuda" else memory.resident())
    if _most(config, counts) > there:
        _check_memory(config, counts, device, there)


def is_certain(config: RunConfig, counts: Counts) -> bool:
    """Whether another process on the CPU can surely train `config`, found out in milliseconds and without the memory
    that it needs.

    Raises RefusedError if it surely cannot. False: `requirements` has to measure it, in a process of its own; on CUDA
    always, because to ask the card takes memory there.
    """
    check_batch(config, counts.train)
    if best_device().type == "cuda":
        return False
    there = memory.available(torch.device("cpu"))
    least = _needed(config, counts, 0)
    if least > there:
        raise _too_little_memory(least, there, "cpu", True)
    return _most(config, counts) <= there


def requirements(config: RunConfig, counts: Counts, device: torch.device) -> dict[str, Any]:
    """`memory_bytes` that a process would need and `memory_available`, measured on a tiny batch. Raises
    RefusedError.
    """
    check_batch(config, counts.train)
    there = memory.available(device)
    return {"memory_bytes": _check_memory(config, counts, device, there), "memory_available": there}


def check_batch(config: RunConfig, train: int) -> None:
    """Raise RefusedError if the share of the `train` images makes no batch."""
    images, batch = round(config.training.share * train), config.training.batch_size
    if images < batch:
        advice = _advice(images, config.training.share < 1)
        share = Message("training.share", share=config.training.share) if config.training.share < 1 else ""
        message = Message("training.few", "batch_size", batch=batch, images=images, share=share, advice=advice)
        raise RefusedError(message, "batch")


def _advice(images: int, shared: bool) -> Message:
    if images < 2:
        return Message("training.more_images")
    if shared:
        return Message("training.larger_share", images=images)
    return Message("training.smaller_batch", images=images)


def _check_memory(config: RunConfig, counts: Counts, device: torch.device, there: int) -> int:
    """Bytes that it needs. Raises RefusedError; a network that would not even fit alone is never built."""
    least = _needed(config, counts, 0)
    if least > there:
        raise _too_little_memory(least, there, device.type, True)
    needed = _needed(config, counts, memory.activations(config, counts.classes, device))
    if needed > there:
        raise _too_little_memory(needed, there, device.type, False)
    return needed


def _most(config: RunConfig, counts: Counts) -> int:
    return _needed(config, counts, memory.activations_most(config, _trained(config, counts)))


def _needed(config: RunConfig, counts: Counts, activations: int) -> int:
    return memory.footprint(config, counts.train, counts.test, _trained(config, counts), activations).total


def _trained(config: RunConfig, counts: Counts) -> int:
    return memory.empty_network(config, counts.classes)[2]


def _too_little_memory(needed: int, there: int, device: str, alone: bool) -> RefusedError:
    """`alone`: not even a step of one image would fit."""
    message = Message(
        "training.needs_memory",
        needed=memory.said(needed),
        device=Message("device.card") if device == "cuda" else Message("device.computer"),
        free=memory.said(there),
        advice=Message("training.smaller_layers") if alone else Message("training.smaller_steps"),
    )
    return RefusedError(message, "memory", {"memory_bytes": needed, "memory_available": there})

"""A saved model: weights (safetensors) and a JSON card that says what they are. Strict, shape-checked, atomic, no
pickle.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from model.config import RunConfig
from model.errors import CheckpointError, ConfigError
from model.files import digest, replacing, write_json
from model.messages import Message
from model.networks import Autoencoder

WEIGHTS, CARD, LATENTS = "weights.safetensors", "card.json", "latents.npz"
Card = dict[str, Any]


def save_model(folder: Path, autoencoder: Autoencoder, card: Card) -> None:
    """Write the weights, as float16, then the card with their digest: a folder with a card is a whole model. Raises
    OSError.

    Half the size costs nothing that can be measured, but the weights differ from the trained ones: call `round_weights`
    before anything is computed that has to agree with the saved model.
    """
    halves = {
        name: tensor.half() if tensor.is_floating_point() else tensor
        for name, tensor in autoencoder.state_dict().items()
    }
    save_tensors(folder / WEIGHTS, halves)
    write_json(folder / CARD, {**card, "weights_sha256": digest(folder / WEIGHTS)})


@torch.no_grad()
def round_weights(autoencoder: Autoencoder) -> None:
    """Give the weights, in place, the values that they will have when they come back from the disk."""
    for tensor in autoencoder.state_dict().values():
        if tensor.is_floating_point():
            tensor.copy_(tensor.half())


def load_model(folder: Path) -> tuple[Autoencoder, Card]:
    """The autoencoder, in evaluation mode on the CPU, and its card.

    Raises CheckpointError if a file is missing or damaged, if the digest differs from the card's, or if a weight's
    name, shape or kind does not fit the card's configuration, or is not finite; the message names the weight.
    """
    card = read_card(folder)
    try:
        autoencoder = Autoencoder(RunConfig.from_dict(card["config"]).network)
    except (TypeError, ValueError, RuntimeError) as error:  # numbers that only the network itself finds unfit
        raise CheckpointError("model.config", folder=folder, reason=error) from error
    path = folder / WEIGHTS
    tensors = load_tensors(path)
    if digest(path) != card["weights_sha256"]:
        raise CheckpointError("model.digest", path=path)
    load_weights(
        autoencoder,
        {name: tensor.float() if tensor.dtype == torch.float16 else tensor for name, tensor in tensors.items()},
    )
    return autoencoder.eval(), card


def read_card(folder: Path) -> Card:
    """The card of a saved model, with all that the explorer needs of it. Raises CheckpointError, which names the
    field.
    """
    path = folder / CARD
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
        json.dumps(
            card, ensure_ascii=False, allow_nan=False
        ).encode()  # NaN and half characters could be read, but not sent on
    except (OSError, ValueError, RecursionError) as error:
        raise CheckpointError("model.unreadable", path=path, reason=error) from error
    if not isinstance(card, dict):
        raise CheckpointError("card.object", path=path)
    if rule := _unfit_field(card):
        raise CheckpointError("card.unfit", path=path, reason=rule)
    return card


def _unfit_field(card: Card) -> Message | None:
    """What the first field that is missing or of the wrong kind must be; None if all are right."""
    config, data, metrics = card.get("config"), card.get("data"), card.get("metrics", {})
    network, classes = (
        (config.get("network") if isinstance(config, dict) else None),
        (data.get("classes") if isinstance(data, dict) else None),
    )
    rules = {
        Message("card.title"): _bilingual(card.get("title")),
        Message("card.description"): "description" not in card or _bilingual(card["description"]),
        Message("card.latent_dim"): not isinstance(network, dict) or type(network.get("latent_dim")) is int,
        Message("card.config"): _configures(config),
        Message("card.fingerprint"): isinstance(data, dict) and _hexadecimal(data.get("fingerprint")),
        Message("card.classes"): isinstance(classes, list)
        and bool(classes)
        and all(isinstance(name, str) for name in classes),
        Message("card.metrics"): isinstance(metrics, dict) and all(map(_numeric, metrics.values())),
        Message("card.start"): type(card.get("start", 0)) is int and card.get("start", 0) >= 0,
        Message("card.weights"): _hexadecimal(card.get("weights_sha256")),
    }
    return next((rule for rule, kept in rules.items() if not kept), None)


def _bilingual(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(value.get(language), str) for language in ("en", "ko"))


def _numeric(value: Any) -> bool:
    return all(type(number) in (int, float) for number in (value if isinstance(value, list) else [value]))


def _hexadecimal(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch("[0-9a-f]{8,64}", value) is not None


def _configures(config: Any) -> bool:
    try:
        return (
            isinstance(config, dict)
            and all(isinstance(part, dict) for part in config.values())
            and bool(RunConfig.from_dict(config))
        )
    except (ConfigError, TypeError):
        return False


def save_tensors(path: Path, tensors: Mapping[str, Tensor]) -> None:
    """Write named tensors as safetensors, atomically, from where they lie: no second copy in memory. Raises OSError."""
    laid_out = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    with replacing(path) as temporary:
        try:
            save_file(laid_out, temporary)
        except SafetensorError as error:
            raise _as_os_error(error) from error


def _as_os_error(error: SafetensorError) -> OSError:
    """What the system said: the library passes it on as text."""
    number = re.search(r"os error (\d+)", str(error))
    return OSError(int(number[1]), os.strerror(int(number[1]))) if number else OSError(str(error))


def load_tensors(path: Path) -> dict[str, Tensor]:
    """Read what `save_tensors` wrote. Raises CheckpointError."""
    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise CheckpointError("model.unreadable", path=path, reason=error) from error


def load_weights(module: torch.nn.Module, tensors: Mapping[str, Tensor]) -> None:
    """Copy `tensors` into `module` if names, shapes and kinds are the same and all values finite; else
    CheckpointError.
    """
    expected = module.state_dict()
    if odd := sorted(set(expected) ^ set(tensors)):
        raise CheckpointError("model.names", name=odd[0], count=len(odd))
    for name, tensor in tensors.items():
        want = expected[name]
        if tensor.shape != want.shape or tensor.dtype != want.dtype:
            raise CheckpointError("model.weight", name=name, kind=_kind(tensor), wanted=_kind(want))
        if tensor.is_floating_point() and not tensor.isfinite().all():
            raise CheckpointError("model.infinite", name=name)
    module.load_state_dict(dict(tensors))


def _kind(tensor: Tensor) -> str:
    return f"{tensor.dtype} {tuple(tensor.shape)}"

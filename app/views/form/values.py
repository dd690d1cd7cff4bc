"""What the form for a training holds, as plain values, and the configuration that they make. No Streamlit here.

A value has the name of its field in the configuration. Besides: `same` (the decoder is of the encoder's kind), and for
each half its widths as text, the truth, with `_width` and `_depth`, the two sliders that write it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from model.config import DEEPEST, IMAGE_SHAPE, NetworkConfig, ObjectiveConfig, RunConfig, TrainingConfig
from model.errors import ConfigError
from model.losses import POWER
from model.messages import Message

Values = dict[str, Any]
HALVES = ("encoder", "decoder")
NO_CORRUPTION = "none"
SIDE = IMAGE_SHAPE[1]
USUAL = {"noise": 0.2, "beta": 4.0, "guidance": 0.01}  # what a control that was off begins with


@dataclass(frozen=True)
class Shapes:
    """What the sliders offer for a kind of network: widths, and what they begin with."""

    widths: tuple[int, ...]
    width: int
    depth: int


SHAPES = {
    "dense": Shapes((16, 32, 64, 128, 256, 512, 1024, 2048, 4096), 1024, 2),
    "conv": Shapes((8, 16, 32, 64, 128), 32, 3),
    "residual": Shapes((16, 32, 64, 96, 128, 192, 256), 64, 2),
}


def values_of(config: RunConfig) -> Values:
    """The form's values that make `config`."""
    network, objective = asdict(config.network), asdict(config.objective)
    values: Values = {
        **network,
        **objective,
        **asdict(config.training),
        "same": config.network.encoder == config.network.decoder,
    }
    values["corruption"] = objective["corruption"] if objective["noise"] else NO_CORRUPTION
    values["guided"] = objective["guidance"] > 0
    for name, usual in USUAL.items():
        values[name] = objective[name] or usual
    for half in HALVES:
        widths = network[f"{half}_widths"]
        values |= {f"{half}_widths": spelled(widths), **sliders_for(half, network[half], widths)}
    return values


def with_power(config: RunConfig, power: int) -> RunConfig:
    """The same with |f(x) - x|^n, n = `power`, as the loss of a reconstruction."""
    return replace(config, objective=replace(config.objective, loss=POWER, power=power))


def spelled(widths: tuple[int, ...]) -> str:
    """The widths as text that `parse_widths` reads."""
    return ", ".join(map(str, widths))


def sliders_for(half: str, kind: str, widths: tuple[int, ...]) -> Values:
    """What the two sliders of a half say of these widths: the nearest that they offer."""
    shapes = SHAPES[kind]
    base = widths[-1] if (kind, half) == ("conv", "decoder") else widths[0]
    return {
        f"{half}_width": min(shapes.widths, key=lambda offered: abs(offered - base)),
        f"{half}_depth": min(len(widths), DEEPEST[kind]),
    }


def drawn(kind: str, half: str, width: int, depth: int) -> tuple[int, ...]:
    """The widths that the two sliders mean: an encoder narrows towards the code, convolutions double their channels as
    they halve the side.
    """
    if kind == "conv":
        channels = tuple(width << layer for layer in range(depth))
        return channels if half == "encoder" else channels[::-1]
    if kind == "dense" and half == "encoder":
        return tuple(max(width >> layer, min(width, 16)) for layer in range(depth))
    return (width,) * depth


def parse_widths(text: str, field: str) -> tuple[int, ...]:
    """Whole numbers with commas or spaces between them. Raises ConfigError."""
    parts = [part for part in re.split(r"[,\s]+", text.strip()) if part]
    if not parts or not all(part.isascii() and part.isdecimal() and len(part) < 7 for part in parts):
        raise ConfigError("value.widths", field, value=text[:60])
    return tuple(map(int, parts))


def configuration(values: Mapping[str, Any]) -> tuple[RunConfig | None, dict[str, Message]]:
    """The configuration that the values make, or None and for each control at fault (by name) what is wrong, in one
    sentence; by no name what is at fault nowhere.
    """
    problems: dict[str, Message] = {}
    try:
        network = NetworkConfig(**_network(values, problems))
        objective, training = ObjectiveConfig(**_objective(values)), TrainingConfig(**_fields(values, TrainingConfig))
        config = RunConfig(network, objective, training)
    except ConfigError as error:
        problems.setdefault(error.field or "", error.message)
    return (None if problems else config), problems


def _fields(values: Mapping[str, Any], part: type) -> Values:
    return {field.name: values[field.name] for field in fields(part)}


def _network(values: Mapping[str, Any], problems: dict[str, Message]) -> Values:
    network = _fields(values, NetworkConfig)
    if values["same"]:
        network["decoder"] = network["encoder"]
    for half in HALVES:
        name = f"{half}_widths"
        try:
            network[name] = parse_widths(values[name], name)
        except ConfigError as error:
            problems[name] = error.message
            network[name] = (256,)  # so that the rest can be looked at
    return network


def _objective(values: Mapping[str, Any]) -> Values:
    """Weights of what is switched off are 0, and the n of a loss that has none is the default."""
    objective = _fields(values, ObjectiveConfig)
    if values["corruption"] == NO_CORRUPTION:
        objective |= {"noise": 0.0, "corruption": "gaussian"}
    if not values["variational"]:
        objective["beta"] = 0.0
    if not values["guided"]:
        objective["guidance"] = 0.0
    if values["loss"] != POWER:
        objective["power"] = ObjectiveConfig.power
    return objective


def layers(config: RunConfig) -> str:
    """The way of an image through the network, in numbers: "3,072 → 1,024 → 512 → 3 → 512 → 1,024 → 3,072"."""
    network = config.network
    ways = [
        _way(network.encoder, network.encoder_widths, "encoder"),
        [f"**{network.latent_dim}**"],
        _way(network.decoder, network.decoder_widths, "decoder"),
    ]
    return " → ".join(["3,072", *(step for way in ways for step in way), "3,072"])


def _way(kind: str, widths: tuple[int, ...], half: str) -> list[str]:
    if kind == "dense":
        return [f"{width:,}" for width in widths]
    if kind == "residual":
        return [f"{width} × 8²" for width in widths]
    sides = [SIDE >> layer for layer in range(1, len(widths) + 1)]
    return [
        f"{width} × {side}²" for width, side in zip(widths, sides if half == "encoder" else sides[::-1], strict=True)
    ]

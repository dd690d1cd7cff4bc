"""Configuration: frozen dataclasses that validate themselves, and the one place that reads the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Self

from model.errors import ConfigError

IMAGE_SHAPE = (3, 32, 32)
IMAGE_NUMBERS = 3 * 32 * 32
BLOCKS = ("dense", "conv", "residual")
ACTIVATIONS = ("gelu", "relu", "silu", "tanh")
NORMALISATIONS = ("batch", "none")


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ConfigError(message)


def _require_choice(name: str, value: str, allowed: tuple[str, ...]) -> None:
    _require(value in allowed, f"{name} is {value!r}; it must be one of {', '.join(allowed)}.")


def _require_range(name: str, value: float, low: float, high: float) -> None:
    _require(low <= value <= high, f"{name} is {value!r}; it must lie between {low} and {high}.")


@dataclass(frozen=True)
class NetworkConfig:
    """The autoencoder's shape. Widths are units per layer (dense), channels per halving of the side (conv), or channels per block (residual)."""

    latent_dim: int = 3
    encoder: str = "dense"
    encoder_widths: tuple[int, ...] = (1024, 512)
    decoder: str = "dense"
    decoder_widths: tuple[int, ...] = (1024, 1024, 1024, 256)
    activation: str = "gelu"
    encoder_normalisation: str = "batch"
    decoder_normalisation: str = "none"
    linear_skip: bool = False  # add the PCA encoder and decoder, and learn what PCA lacks

    def __post_init__(self) -> None:
        _require_range("latent_dim", self.latent_dim, 1, 256)
        _require_choice("encoder", self.encoder, BLOCKS)
        _require_choice("decoder", self.decoder, BLOCKS)
        _require_choice("activation", self.activation, ACTIVATIONS)
        _require_choice("encoder_normalisation", self.encoder_normalisation, NORMALISATIONS)
        _require_choice("decoder_normalisation", self.decoder_normalisation, NORMALISATIONS)
        self._check_widths("encoder", self.encoder, self.encoder_widths)
        self._check_widths("decoder", self.decoder, self.decoder_widths)

    @staticmethod
    def _check_widths(part: str, block: str, widths: tuple[int, ...]) -> None:
        most = 4 if block == "conv" else 8
        _require(1 <= len(widths) <= most, f"{part}_widths has {len(widths)} layers; a {block} {part} takes 1 to {most}.")
        for width in widths:
            _require_range(f"a layer of {part}_widths", width, 1, 8192)


@dataclass(frozen=True)
class ObjectiveConfig:
    """What training minimises: the mean of |f(x + noise) - x|^power, plus a pull of the latents to the origin."""

    power: int = 2  # n of |f(x) - x|^n: 2 is the squared error, 1 the absolute error
    noise: float = 0.0  # standard deviation of Gaussian noise on the input (denoising, Vincent et al. 2008), pixels in [0, 1]
    latent_penalty: float = 0.0  # weight of the mean squared latent: keeps the cloud compact

    def __post_init__(self) -> None:
        _require(self.power in (1, 2), f"power is {self.power!r}; it must be 1 or 2.")
        _require_range("noise", self.noise, 0.0, 1.0)
        _require_range("latent_penalty", self.latent_penalty, 0.0, 10.0)


@dataclass(frozen=True)
class TrainingConfig:
    """How it is minimised: AdamW (Loshchilov & Hutter 2019) with a one-cycle schedule (Smith 2018)."""

    epochs: int = 100
    batch_size: int = 128
    learning_rate: float = 2e-3
    weight_decay: float = 1e-2
    warmup: float = 0.1  # share of the steps in which the learning rate rises
    flip: bool = True  # mirror half of the training images, anew in each epoch
    shift: int = 0  # move training images by up to this many pixels, edges repeated
    seed: int = 0
    precision: str = "auto"  # auto: bfloat16 where the device multiplies it faster, else float32

    def __post_init__(self) -> None:
        _require_range("epochs", self.epochs, 1, 10_000)
        _require_range("batch_size", self.batch_size, 2, 65_536)
        _require_range("learning_rate", self.learning_rate, 1e-7, 1.0)
        _require_range("weight_decay", self.weight_decay, 0.0, 10.0)
        _require_range("warmup", self.warmup, 0.0, 0.9)
        _require_range("shift", self.shift, 0, 16)
        _require_choice("precision", self.precision, ("auto", "float32", "bfloat16"))


@dataclass(frozen=True)
class RunConfig:
    """One training run, whole."""

    network: NetworkConfig = field(default_factory=NetworkConfig)
    objective: ObjectiveConfig = field(default_factory=ObjectiveConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)

    def to_dict(self) -> dict[str, Any]:
        """Plain dictionaries, fit for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The configuration that `to_dict` wrote. Raises ConfigError for an unknown or unfit field."""
        parts = {"network": NetworkConfig, "objective": ObjectiveConfig, "training": TrainingConfig}
        unknown = set(values) - set(parts)
        _require(not unknown, f"Unknown part {sorted(unknown)!r} in the configuration; allowed are {sorted(parts)}.")
        return cls(**{name: _build(part, values.get(name, {})) for name, part in parts.items()})


def _build(part: type, values: Mapping[str, Any]) -> Any:
    names = {f.name for f in fields(part)}
    unknown = set(values) - names
    _require(not unknown, f"Unknown field {sorted(unknown)!r} in {part.__name__}; allowed are {sorted(names)}.")
    try:
        return part(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})
    except TypeError as error:
        raise ConfigError(f"A field of {part.__name__} has a value of the wrong kind ({error}).") from error


@dataclass(frozen=True)
class Settings:
    """Where the data lie and where the app may write."""

    data: Path | None  # a folder of class folders, or None for CIFAR-10
    home: Path  # downloads, caches, runs and saved models

    @classmethod
    def from_environment(cls) -> Self:
        """Read EXPLORER_DATA and EXPLORER_HOME."""
        data = os.environ.get("EXPLORER_DATA")
        home = os.environ.get("EXPLORER_HOME") or Path.home() / ".manifold-explorer"
        return cls(Path(data) if data else None, Path(home))

    @property
    def models(self) -> Path:
        """The folder of models made here."""
        return self.home / "models"

    @property
    def runs(self) -> Path:
        """The folder of training runs."""
        return self.home / "runs"


SHIPPED_MODELS = Path(__file__).parent.parent / "assets" / "models"

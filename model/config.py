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
NORMALISATIONS = ("batch", "layer", "none")
LATENT_SCALES = ("linear", "asinh")
CORRUPTIONS = ("gaussian", "masking", "salt-and-pepper")
PRECISIONS = ("auto", "float32", "bfloat16")
RESIDUAL_GRID = 8  # a residual network works on 8 x 8 places
KINDS: dict[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (float, int),
    "bool": (bool,),
    "str": (str,),
    "tuple[int, ...]": (tuple,),
}


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ConfigError(message)


def _require_choice(name: str, value: str, allowed: tuple[str, ...]) -> None:
    _require(value in allowed, f"{name} is {value!r}; it must be one of {', '.join(allowed)}.")


def _require_range(name: str, value: float, low: float, high: float) -> None:
    _require(low <= value <= high, f"{name} is {value!r}; it must lie between {low} and {high}.")


def _require_kinds(part: Any) -> None:
    """Every field holds a value of the kind that it is declared as: JSON and forms bring others."""
    for declared in fields(part):
        value, kind = getattr(part, declared.name), str(declared.type)
        fits = isinstance(value, KINDS[kind]) and (kind == "bool" or not isinstance(value, bool))
        _require(fits, f"{declared.name} is {value!r}; it must be of the kind {kind}.")
        if kind == "tuple[int, ...]":
            _require(
                all(type(item) is int for item in value), f"{declared.name} is {value!r}; it must hold whole numbers."
            )


def _said(default: Any, help: str) -> Any:
    """A field with its default and the sentence that explains it."""
    return field(default=default, metadata={"help": help})


@dataclass(frozen=True)
class NetworkConfig:
    """The autoencoder's shape. Widths are units per layer (dense), channels per halving of the side (conv), or channels
    per block (residual).
    """

    latent_dim: int = _said(3, "numbers that the encoder writes for each image")
    encoder: str = _said("dense", "kind of encoder: fully connected, convolutional or residual")
    encoder_widths: tuple[int, ...] = _said((1024, 512), "units (dense) or channels of each layer of the encoder")
    decoder: str = _said("dense", "kind of decoder: fully connected, convolutional or residual")
    decoder_widths: tuple[int, ...] = _said((1024, 1024, 1024, 256), "units or channels of each layer of the decoder")
    activation: str = _said("gelu", "nonlinearity after each layer")
    encoder_normalisation: str = _said("batch", "normalisation after each layer of the encoder")
    decoder_normalisation: str = _said("none", "normalisation after each layer of the decoder")
    linear_skip: bool = _said(False, "add the PCA encoder and decoder, and learn only what PCA lacks")
    latent_scale: str = _said(
        "linear",
        "scale of the latent axes; asinh brings far samples nearer, so that the cloud fills its box, and changes nothing else",
    )
    variational: bool = _said(
        False, "the encoder gives a Gaussian for each image, not a point (VAE, Kingma & Welling 2014)"
    )

    def __post_init__(self) -> None:
        _require_kinds(self)
        _require_range("latent_dim", self.latent_dim, 1, 256)
        _require_choice("encoder", self.encoder, BLOCKS)
        _require_choice("decoder", self.decoder, BLOCKS)
        _require_choice("activation", self.activation, ACTIVATIONS)
        _require_choice("encoder_normalisation", self.encoder_normalisation, NORMALISATIONS)
        _require_choice("decoder_normalisation", self.decoder_normalisation, NORMALISATIONS)
        _require_choice("latent_scale", self.latent_scale, LATENT_SCALES)
        self._check_widths("encoder", self.encoder, self.encoder_widths)
        self._check_widths("decoder", self.decoder, self.decoder_widths)
        self._check_bottleneck()

    @staticmethod
    def _check_widths(part: str, block: str, widths: tuple[int, ...]) -> None:
        most = 4 if block == "conv" else 8
        _require(
            1 <= len(widths) <= most, f"{part}_widths has {len(widths)} layers; a {block} {part} takes 1 to {most}."
        )
        for width in widths:
            _require_range(f"a layer of {part}_widths", width, 1, 8192)

    def _check_bottleneck(self) -> None:
        """A layer narrower than the code would be the real bottleneck."""
        for part in ("encoder", "decoder"):
            narrowest = min(
                numbers_per_layer(getattr(self, part), getattr(self, f"{part}_widths"), reverse=part == "decoder")
            )
            _require(
                self.latent_dim <= narrowest or self.linear_skip,
                f"latent_dim is {self.latent_dim}, but the {part}'s narrowest layer passes on only {narrowest} numbers. "
                f"Take at most {narrowest} latent dimensions, or a wider {part}.",
            )


def numbers_per_layer(block: str, widths: tuple[int, ...], reverse: bool) -> list[int]:
    """How many numbers each layer hands on."""
    if block == "dense":
        return list(widths)
    if block == "residual":
        return [width * RESIDUAL_GRID**2 for width in widths]
    ordered = widths[::-1] if reverse else widths
    return [width * (IMAGE_SHAPE[1] >> at) ** 2 for at, width in enumerate(ordered, start=1)]


@dataclass(frozen=True)
class ObjectiveConfig:
    """What training minimises: the mean of |f(x + noise) - x|^power, plus what is asked of the latents."""

    power: int = _said(2, "n of |f(x) - x|^n: 2 is the squared error, 1 the absolute error")
    noise: float = _said(
        0.0, "strength of the corruption of the input that is to be undone (denoising, Vincent et al. 2008); 0 is none"
    )
    corruption: str = _said(
        "gaussian",
        "gaussian: of that standard deviation; masking: that share of pixels black; salt-and-pepper: that share black or white",
    )
    latent_penalty: float = _said(0.0, "weight of the mean squared latent: keeps the cloud compact")
    beta: float = _said(
        0.0,
        "weight of the KL divergence from the standard normal, beside the error summed over the image (beta-VAE, Higgins et al. 2017)",
    )
    guidance: float = _said(
        0.0, "weight of a small classifier on the latent: uses the labels, so that classes move apart"
    )

    def __post_init__(self) -> None:
        _require_kinds(self)
        _require(self.power in (1, 2), f"power is {self.power!r}; it must be 1 or 2.")
        _require_range("noise", self.noise, 0.0, 1.0)
        _require_choice("corruption", self.corruption, CORRUPTIONS)
        _require_range("latent_penalty", self.latent_penalty, 0.0, 10.0)
        _require_range("beta", self.beta, 0.0, 1000.0)
        _require_range("guidance", self.guidance, 0.0, 10.0)


@dataclass(frozen=True)
class TrainingConfig:
    """How it is minimised: AdamW (Loshchilov & Hutter 2019) with a one-cycle schedule (Smith 2018)."""

    epochs: int = _said(100, "passes over the training images")
    batch_size: int = _said(128, "images per step")
    learning_rate: float = _said(2e-3, "highest learning rate")
    weight_decay: float = _said(1e-2, "how strongly weights are pulled to zero")
    warmup: float = _said(0.1, "share of the steps in which the learning rate rises")
    share: float = _said(1.0, "share of the training images that is used")
    flip: bool = _said(True, "mirror half of the training images, anew in each epoch")
    shift: int = _said(0, "move training images by up to this many pixels, edges repeated")
    seed: int = _said(0, "seed of weights, order, augmentation and noise")
    precision: str = _said("auto", "auto: bfloat16 where the device multiplies it faster, else float32")

    def __post_init__(self) -> None:
        _require_kinds(self)
        _require_range("epochs", self.epochs, 1, 10_000)
        _require_range("batch_size", self.batch_size, 2, 65_536)
        _require_range("learning_rate", self.learning_rate, 1e-7, 1.0)
        _require_range("weight_decay", self.weight_decay, 0.0, 10.0)
        _require_range("warmup", self.warmup, 0.0, 0.9)
        _require_range("share", self.share, 0.001, 1.0)
        _require_range("shift", self.shift, 0, 16)
        _require_range("seed", self.seed, 0, 2**31 - 1)
        _require_choice("precision", self.precision, PRECISIONS)


@dataclass(frozen=True)
class RunConfig:
    """One training run, whole."""

    network: NetworkConfig = field(default_factory=NetworkConfig)
    objective: ObjectiveConfig = field(default_factory=ObjectiveConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)

    def __post_init__(self) -> None:
        _require(
            self.objective.beta == 0 or self.network.variational,
            f"beta is {self.objective.beta}, but only a variational network has a KL divergence. Set variational, or beta to 0.",
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain dictionaries, fit for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The configuration that `to_dict` wrote. Raises ConfigError for an unknown or unfit field."""
        _require(
            isinstance(values, Mapping),
            f"A configuration is an object with {sorted(PARTS)}; this is {type(values).__name__}.",
        )
        unknown = set(values) - set(PARTS)
        _require(
            not unknown,
            f"Unknown part {sorted(map(str, unknown))!r} in the configuration; allowed are {sorted(PARTS)}.",
        )
        return cls(**{name: _build(part, values.get(name, {})) for name, part in PARTS.items()})


PARTS: dict[str, type] = {"network": NetworkConfig, "objective": ObjectiveConfig, "training": TrainingConfig}


def _build(part: type, values: Any) -> Any:
    _require(isinstance(values, Mapping), f"{part.__name__} is {values!r}; an object with fields is expected.")
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

    data: Path | None  # a folder of class folders of one's own
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
    def datasets(self) -> Path:
        """The folder of downloaded data sets, laid out as torchvision keeps them."""
        return self.home / "data"

    @property
    def runs(self) -> Path:
        """The folder of training runs."""
        return self.home / "runs"


SHIPPED_MODELS = Path(__file__).parent.parent / "assets" / "models"

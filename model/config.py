"""Configuration: frozen dataclasses that validate themselves, and the one place that reads the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Self

from model.errors import ConfigError
from model.fields import Option, check, option, options_of
from model.losses import LOSSES, POWER

IMAGE_SHAPE = (3, 32, 32)
IMAGE_NUMBERS = 3 * 32 * 32
BLOCKS = ("dense", "conv", "residual")
ACTIVATIONS = ("gelu", "relu", "silu", "tanh")
NORMALISATIONS = ("batch", "layer", "none")
LATENT_SCALES = ("linear", "asinh")
CORRUPTIONS = ("gaussian", "masking", "salt-and-pepper")
PRECISIONS = ("auto", "float32", "bfloat16")
RESIDUAL_GRID = 8  # a residual network works on 8 x 8 places
DEEPEST = {"dense": 8, "conv": 4, "residual": 8}  # layers of a half, by its kind
WIDEST = 8192  # units or channels of a layer


@dataclass(frozen=True)
class NetworkConfig:
    """The autoencoder's shape. Widths are units per layer (dense), channels per halving of the side (conv), or channels
    per block (residual).
    """

    latent_dim: int = option(3, "numbers that the encoder writes for each image", low=1, high=256, step=1)
    encoder: str = option("dense", "kind of encoder: fully connected, convolutional or residual", choices=BLOCKS)
    encoder_widths: tuple[int, ...] = option(
        (1024, 512), "units (dense) or channels of each layer of the encoder", low=1, high=WIDEST
    )
    decoder: str = option("dense", "kind of decoder: fully connected, convolutional or residual", choices=BLOCKS)
    decoder_widths: tuple[int, ...] = option(
        (1024, 1024, 1024, 256), "units or channels of each layer of the decoder", low=1, high=WIDEST
    )
    activation: str = option("gelu", "nonlinearity after each layer", choices=ACTIVATIONS)
    encoder_normalisation: str = option(
        "batch", "normalisation after each layer of the encoder", choices=NORMALISATIONS
    )
    decoder_normalisation: str = option("none", "normalisation after each layer of the decoder", choices=NORMALISATIONS)
    linear_skip: bool = option(False, "add the PCA encoder and decoder, and learn only what PCA lacks")
    latent_scale: str = option(
        "linear",
        "scale of the latent axes; asinh brings far samples nearer, so that the cloud fills its box, "
        "and changes nothing else",
        choices=LATENT_SCALES,
    )
    variational: bool = option(
        False, "the encoder gives a Gaussian for each image, not a point (VAE, Kingma & Welling 2014)"
    )

    def __post_init__(self) -> None:
        check(self)
        self._check_widths("encoder", self.encoder, self.encoder_widths)
        self._check_widths("decoder", self.decoder, self.decoder_widths)
        self._check_bottleneck()

    def _check_widths(self, half: str, block: str, widths: tuple[int, ...]) -> None:
        name, most = f"{half}_widths", DEEPEST[block]
        if not 1 <= len(widths) <= most:
            raise ConfigError("network.layers", name, count=len(widths), block=block, half=half, most=most)
        declared = options_of(self)[name]
        for width in widths:
            if not declared.holds(width):
                raise ConfigError("network.layer", name, value=width, low=declared.low, high=declared.high)

    def _check_bottleneck(self) -> None:
        """A layer narrower than the code would be the real bottleneck."""
        for half in ("encoder", "decoder"):
            block, widths = getattr(self, half), getattr(self, f"{half}_widths")
            narrowest = min(numbers_per_layer(block, widths, reverse=half == "decoder"))
            if self.latent_dim > narrowest and not self.linear_skip:
                raise ConfigError(
                    "network.bottleneck", "latent_dim", value=self.latent_dim, half=half, narrowest=narrowest
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
    """What training minimises: the mean of |f(x + noise) - x|^power or of another `loss`, plus what is asked of the
    latents.
    """

    power: int = option(2, "n of |f(x) - x|^n: 2 is the squared error, 1 the absolute error", choices=(2, 1))
    noise: float = option(
        0.0,
        "strength of the corruption of the input that is to be undone (denoising, Vincent et al. 2008); 0 is none",
        low=0.0,
        high=1.0,
        step=0.01,
    )
    corruption: str = option(
        "gaussian",
        "gaussian: of that standard deviation; masking: that share of pixels black; "
        "salt-and-pepper: that share black or white",
        choices=CORRUPTIONS,
    )
    latent_penalty: float = option(
        0.0, "weight of the mean squared latent: keeps the cloud compact", low=0.0, high=10.0, step=0.001
    )
    beta: float = option(
        0.0,
        "weight of the KL divergence from the standard normal, beside the error summed over the image "
        "(beta-VAE, Higgins et al. 2017)",
        low=0.0,
        high=1000.0,
        step=0.5,
    )
    guidance: float = option(
        0.0,
        "weight of a small classifier on the latent: uses the labels, so that classes move apart",
        low=0.0,
        high=10.0,
        step=0.01,
    )
    loss: str = option(POWER, "loss of a reconstruction: power is |f(x) - x|^n", choices=(POWER, *LOSSES))

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True)
class TrainingConfig:
    """How it is minimised: AdamW (Loshchilov & Hutter 2019) with a one-cycle schedule (Smith 2018)."""

    epochs: int = option(100, "passes over the training images", low=1, high=10_000, step=1)
    batch_size: int = option(128, "images per step", low=2, high=65_536, step=1)
    learning_rate: float = option(2e-3, "highest learning rate", low=1e-7, high=1.0, step=1e-4)
    weight_decay: float = option(1e-2, "how strongly weights are pulled to zero", low=0.0, high=10.0, step=0.01)
    warmup: float = option(0.1, "share of the steps in which the learning rate rises", low=0.0, high=0.9, step=0.05)
    share: float = option(1.0, "share of the training images that is used", low=0.001, high=1.0, step=0.01)
    flip: bool = option(True, "mirror half of the training images, anew in each epoch")
    shift: int = option(0, "move training images by up to this many pixels, edges repeated", low=0, high=16, step=1)
    seed: int = option(0, "seed of weights, order, augmentation and noise", low=0, high=2**31 - 1, step=1)
    precision: str = option(
        "auto", "auto: bfloat16 where the device multiplies it faster, else float32", choices=PRECISIONS
    )

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True)
class RunConfig:
    """One training run, whole."""

    network: NetworkConfig = field(default_factory=NetworkConfig)
    objective: ObjectiveConfig = field(default_factory=ObjectiveConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)

    def __post_init__(self) -> None:
        if self.objective.beta and not self.network.variational:
            raise ConfigError("config.beta", "beta", value=self.objective.beta)

    def to_dict(self) -> dict[str, Any]:
        """Plain dictionaries, fit for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The configuration that `to_dict` wrote. Raises ConfigError for an unknown or unfit field."""
        if not isinstance(values, Mapping):
            raise ConfigError("config.object", parts=str(sorted(PARTS)), kind=type(values).__name__)
        if unknown := set(values) - set(PARTS):
            raise ConfigError("config.part", names=str(sorted(map(str, unknown))), allowed=str(sorted(PARTS)))
        return cls(**{name: _build(part, values.get(name, {})) for name, part in PARTS.items()})


PARTS: dict[str, type] = {"network": NetworkConfig, "objective": ObjectiveConfig, "training": TrainingConfig}
OPTIONS: dict[str, Option] = {name: each for part in PARTS.values() for name, each in options_of(part).items()}


def _build(part: type, values: Any) -> Any:
    if not isinstance(values, Mapping):
        raise ConfigError("config.fields", part=part.__name__, value=repr(values))
    names = {f.name for f in fields(part)}
    if unknown := set(values) - names:
        raise ConfigError("config.field", names=str(sorted(unknown)), part=part.__name__, allowed=str(sorted(names)))
    try:
        return part(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})
    except TypeError as error:
        raise ConfigError("config.kind", part=part.__name__, reason=error) from error


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

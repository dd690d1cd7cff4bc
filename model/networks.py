"""Encoders and decoders, and the Autoencoder that joins them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import torch
from torch import Tensor, nn

from model.config import IMAGE_NUMBERS, IMAGE_SHAPE, RESIDUAL_GRID, NetworkConfig
from model.errors import ConfigError

CHANNELS, SIDE, _ = IMAGE_SHAPE
# the residual networks work on 8 x 8 places, each of a patch of 4 x 4 pixels
PATCH, GRID = (SIDE // RESIDUAL_GRID, RESIDUAL_GRID)
LOG_VARIANCE_LIMIT = 12.0  # exp stays far inside float32, also where a network has gone astray
FARTHEST = 12.0  # sinh of it is 81,377: any probe, also one dragged far out, decodes to finite numbers
ACTIVATION: dict[str, Callable[[], nn.Module]] = {"gelu": nn.GELU, "relu": nn.ReLU, "silu": nn.SiLU, "tanh": nn.Tanh}


@dataclass(frozen=True)
class Style:
    """What is put after each layer of one half: a normalisation and an activation."""

    normalisation: str
    activation: str

    def dense(self, before: int, after: int) -> list[nn.Module]:
        """A fully connected layer."""
        norms = {"batch": nn.BatchNorm1d, "layer": nn.LayerNorm}
        norm = [norms[self.normalisation](after)] if self.normalisation in norms else []
        return [nn.Linear(before, after), *norm, ACTIVATION[self.activation]()]

    def conv(self, layer: nn.Module, channels: int) -> list[nn.Module]:
        """The convolution `layer` that puts out `channels`."""
        norms: dict[str, Callable[[int], nn.Module]] = {"batch": nn.BatchNorm2d, "layer": partial(nn.GroupNorm, 1)}
        norm = [norms[self.normalisation](channels)] if self.normalisation in norms else []
        return [layer, *norm, ACTIVATION[self.activation]()]


class Residual(nn.Module):
    """x + conv(act(norm(conv(act(norm(x)))))), shape kept (He et al., "Identity mappings in deep residual networks",
    2016).
    """

    def __init__(self, channels: int, style: Style) -> None:
        super().__init__()
        before = style.conv(nn.Identity(), channels)
        between = style.conv(nn.Conv2d(channels, channels, 3, padding=1), channels)
        self.body = nn.Sequential(*before, *between, nn.Conv2d(channels, channels, 3, padding=1))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x)


class Precise(nn.Module):
    """A layer in float32 under autocast: bfloat16's 8 bits would step the few numbers of a latent visibly."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x: Tensor) -> Tensor:
        with torch.autocast(x.device.type, enabled=False):
            return self.layer(x.float())


def _code_size(config: NetworkConfig) -> int:
    """What the encoder puts out: the latent, or the mean and the logarithm of the variance of each of its numbers."""
    return config.latent_dim * (2 if config.variational else 1)


def _dense_encoder(config: NetworkConfig, style: Style) -> nn.Sequential:
    widths = (IMAGE_NUMBERS, *config.encoder_widths)
    layers = [layer for a, b in pairwise(widths) for layer in style.dense(a, b)]
    return nn.Sequential(nn.Flatten(), *layers, Precise(nn.Linear(widths[-1], _code_size(config))))


def _dense_decoder(config: NetworkConfig, style: Style) -> nn.Sequential:
    widths = config.decoder_widths
    layers = [layer for a, b in pairwise(widths) for layer in style.dense(a, b)]
    first = Precise(nn.Sequential(*style.dense(config.latent_dim, widths[0])))
    return nn.Sequential(first, *layers, nn.Linear(widths[-1], IMAGE_NUMBERS), nn.Unflatten(1, IMAGE_SHAPE))


def _conv_encoder(config: NetworkConfig, style: Style) -> nn.Sequential:
    layers: list[nn.Module] = []
    for before, after in pairwise((CHANNELS, *config.encoder_widths)):
        layers += style.conv(nn.Conv2d(before, after, 3, stride=2, padding=1), after)
    side = SIDE >> len(config.encoder_widths)
    last = nn.Linear(config.encoder_widths[-1] * side * side, _code_size(config))
    return nn.Sequential(*layers, nn.Flatten(), Precise(last))


def _conv_decoder(config: NetworkConfig, style: Style) -> nn.Sequential:
    first, side = config.decoder_widths[0], SIDE >> len(config.decoder_widths)
    start = Precise(nn.Linear(config.latent_dim, first * side * side))
    layers: list[nn.Module] = [start, nn.Unflatten(1, (first, side, side))]
    for before, after in pairwise((*config.decoder_widths, config.decoder_widths[-1])):
        layers += style.conv(nn.ConvTranspose2d(before, after, 4, stride=2, padding=1), after)
    return nn.Sequential(*layers, nn.Conv2d(config.decoder_widths[-1], CHANNELS, 3, padding=1))


def _residual_encoder(config: NetworkConfig, style: Style) -> nn.Sequential:
    widths = config.encoder_widths
    patches = nn.Conv2d(CHANNELS, widths[0], 2 * PATCH, stride=PATCH, padding=PATCH // 2)  # overlapping, to 8 x 8
    last = nn.Linear(widths[-1] * GRID * GRID, _code_size(config))
    return nn.Sequential(patches, *_residual_body(widths, style), nn.Flatten(), Precise(last))


def _residual_decoder(config: NetworkConfig, style: Style) -> nn.Sequential:
    widths = config.decoder_widths
    start = Precise(nn.Linear(config.latent_dim, widths[0] * GRID * GRID))
    patches = nn.ConvTranspose2d(widths[-1], CHANNELS, 2 * PATCH, stride=PATCH, padding=PATCH // 2)
    return nn.Sequential(start, nn.Unflatten(1, (widths[0], GRID, GRID)), *_residual_body(widths, style), patches)


def _residual_body(widths: tuple[int, ...], style: Style) -> list[nn.Module]:
    layers: list[nn.Module] = []
    for before, after in pairwise((widths[0], *widths)):
        layers += style.conv(nn.Conv2d(before, after, 1), after) if before != after else []
        layers.append(Residual(after, style))
    return [*layers, *style.conv(nn.Identity(), widths[-1])]


ENCODERS = {"dense": _dense_encoder, "conv": _conv_encoder, "residual": _residual_encoder}
DECODERS = {"dense": _dense_decoder, "conv": _conv_decoder, "residual": _residual_decoder}


class Autoencoder(nn.Module):
    """f(x) = decoder(encoder(x)). Images are float32 (n, 3, 32, 32) in [0, 1], latents float32 (n, d).

    With `linear_skip`, PCA (Pearson 1901) stands beside both halves, so that the network starts at PCA's error
    and learns only what PCA lacks: z = W x + encoder(x) and f = V z + decoder(z).

    With `latent_scale` "asinh" the latent is asinh(z), and sinh stands before the decoder. f and its training stay the
    same, number for number, where nothing else acts on the latent; only the map of the space changes, as on an axis of
    that scale: linear near 0, logarithmic far out (Burbidge et al., "Alternative transformations to handle extreme
    values", 1988).
    """

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = ENCODERS[config.encoder](config, Style(config.encoder_normalisation, config.activation))
        self.decoder = DECODERS[config.decoder](config, Style(config.decoder_normalisation, config.activation))
        self.encoder_skip = Precise(nn.Linear(IMAGE_NUMBERS, config.latent_dim)) if config.linear_skip else None
        self.decoder_skip = Precise(nn.Linear(config.latent_dim, IMAGE_NUMBERS)) if config.linear_skip else None

    def encode(self, images: Tensor) -> Tensor:
        """Latents (n, d) of images (n, 3, 32, 32) in [0, 1]; of a variational encoder, the means."""
        return self.encode_distribution(images)[0]

    def encode_distribution(self, images: Tensor) -> tuple[Tensor, Tensor | None]:
        """Mean and logarithm of the variance of each latent number, both (n, d); no variance (None) where the encoder
        gives points.
        """
        code = self.encoder(images * 2 - 1)  # (n, d), or (n, 2 d)
        mean, log_variance = code.chunk(2, dim=1) if self.config.variational else (code, None)
        if self.encoder_skip is not None:
            mean = mean + self.encoder_skip(images.flatten(1))
        if self.config.latent_scale == "asinh":
            mean = mean.asinh()
        return mean, None if log_variance is None else log_variance.clamp(-LOG_VARIANCE_LIMIT, LOG_VARIANCE_LIMIT)

    def decode_raw(self, latents: Tensor) -> Tensor:
        """As `decode`, but not clipped: training needs the gradient outside [0, 1] too."""
        if self.config.latent_scale == "asinh":
            latents = latents.float().clamp(-FARTHEST, FARTHEST).sinh()
        images = self.decoder(latents) + 0.5  # (n, 3, 32, 32)
        return images if self.decoder_skip is None else images + self.decoder_skip(latents).view_as(images)

    def decode(self, latents: Tensor) -> Tensor:
        """Images (n, 3, 32, 32) in [0, 1] of latents (n, d)."""
        return self.decode_raw(latents).clamp(0, 1)

    def forward(self, images: Tensor) -> Tensor:
        """Reconstructions (n, 3, 32, 32), not clipped."""
        return self.decode_raw(self.encode(images))

    @torch.no_grad()
    def start_from_pca(self, mean: Tensor, components: Tensor, deviations: Tensor) -> None:
        """Set the linear skip to whitened PCA and silence the last nonlinear layers.

        `mean` (3072,), `components` (d, 3072) orthonormal rows, `deviations` (d,) of the scores.
        """
        whiten = components / deviations[:, None]  # (d, 3072)
        _set(self.encoder_skip, whiten, -whiten @ mean)
        _set(self.decoder_skip, (components * deviations[:, None]).T, mean - 0.5)
        for half in (self.encoder, self.decoder):
            last = [m for m in half.modules() if isinstance(m, (nn.Linear, nn.Conv2d, nn.ConvTranspose2d))][-1]
            last.weight.zero_()
            if last.bias is not None:
                last.bias.zero_()


def _set(skip: Precise | None, weight: Tensor, bias: Tensor) -> None:
    if skip is None or not isinstance(skip.layer, nn.Linear):
        raise ConfigError("network.skip")
    skip.layer.weight.copy_(weight)
    skip.layer.bias.copy_(bias)


def count_parameters(module: nn.Module) -> int:
    """Number of trained numbers."""
    return sum(p.numel() for p in module.parameters())

"""Encoders and decoders, and the Autoencoder that joins them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import torch
from torch import Tensor, nn

from model.config import IMAGE_NUMBERS, IMAGE_SHAPE, NetworkConfig

CHANNELS, SIDE, _ = IMAGE_SHAPE
ACTIVATION: dict[str, Callable[[], nn.Module]] = {"gelu": nn.GELU, "relu": nn.ReLU, "silu": nn.SiLU, "tanh": nn.Tanh}


class Residual(nn.Module):
    """x + conv(act(norm(conv(x)))), shape kept (He et al., "Deep residual learning", 2016)."""

    def __init__(self, channels: int, config: NetworkConfig) -> None:
        super().__init__()
        self.body = nn.Sequential(
            *_conv_layer(nn.Conv2d(channels, channels, 3, padding=1, bias=False), channels, config),
            nn.Conv2d(channels, channels, 3, padding=1),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x)


def _norm(width: int, config: NetworkConfig, two_d: bool = False) -> list[nn.Module]:
    if config.normalisation == "none":
        return []
    return [nn.BatchNorm2d(width) if two_d else nn.BatchNorm1d(width)]


def _dense_layer(before: int, after: int, config: NetworkConfig) -> list[nn.Module]:
    return [nn.Linear(before, after), *_norm(after, config), ACTIVATION[config.activation]()]


def _conv_layer(conv: nn.Module, channels: int, config: NetworkConfig) -> list[nn.Module]:
    return [conv, *_norm(channels, config, two_d=True), ACTIVATION[config.activation]()]


def _dense_encoder(config: NetworkConfig) -> nn.Sequential:
    widths = (IMAGE_NUMBERS, *config.encoder_widths)
    layers = [layer for a, b in pairwise(widths) for layer in _dense_layer(a, b, config)]
    return nn.Sequential(nn.Flatten(), *layers, nn.Linear(widths[-1], config.latent_dim))


def _dense_decoder(config: NetworkConfig) -> nn.Sequential:
    widths = (config.latent_dim, *config.decoder_widths)
    layers = [layer for a, b in pairwise(widths) for layer in _dense_layer(a, b, config)]
    return nn.Sequential(*layers, nn.Linear(widths[-1], IMAGE_NUMBERS), nn.Unflatten(1, IMAGE_SHAPE))


def _conv_encoder(config: NetworkConfig) -> nn.Sequential:
    layers: list[nn.Module] = []
    for before, after in pairwise((CHANNELS, *config.encoder_widths)):
        layers += _conv_layer(nn.Conv2d(before, after, 3, stride=2, padding=1), after, config)
        if config.encoder == "residual":
            layers.append(Residual(after, config))
    side = SIDE >> len(config.encoder_widths)
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(config.encoder_widths[-1] * side * side, config.latent_dim))


def _conv_decoder(config: NetworkConfig) -> nn.Sequential:
    first, side = config.decoder_widths[0], SIDE >> len(config.decoder_widths)
    layers: list[nn.Module] = [nn.Linear(config.latent_dim, first * side * side), nn.Unflatten(1, (first, side, side))]
    for before, after in pairwise((*config.decoder_widths, config.decoder_widths[-1])):
        if config.decoder == "residual":
            layers.append(Residual(before, config))
        layers += _conv_layer(nn.ConvTranspose2d(before, after, 4, stride=2, padding=1), after, config)
    return nn.Sequential(*layers, nn.Conv2d(config.decoder_widths[-1], CHANNELS, 3, padding=1))


ENCODERS = {"dense": _dense_encoder, "conv": _conv_encoder, "residual": _conv_encoder}
DECODERS = {"dense": _dense_decoder, "conv": _conv_decoder, "residual": _conv_decoder}


class Autoencoder(nn.Module):
    """f(x) = decoder(encoder(x)). Images are float32 (n, 3, 32, 32) in [0, 1], latents float32 (n, d).

    With `linear_skip`, PCA (Pearson 1901) stands beside both halves, so that the network starts at PCA's error
    and learns only what PCA lacks: z = W x + encoder(x) and f = V z + decoder(z).
    """

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = ENCODERS[config.encoder](config)
        self.decoder = DECODERS[config.decoder](config)
        self.encoder_skip = nn.Linear(IMAGE_NUMBERS, config.latent_dim) if config.linear_skip else None
        self.decoder_skip = nn.Linear(config.latent_dim, IMAGE_NUMBERS) if config.linear_skip else None

    def encode(self, images: Tensor) -> Tensor:
        """Latents (n, d) of images (n, 3, 32, 32) in [0, 1]."""
        centred = images * 2 - 1
        latents = self.encoder(centred)  # (n, d)
        return latents if self.encoder_skip is None else latents + self.encoder_skip(images.flatten(1))

    def decode_raw(self, latents: Tensor) -> Tensor:
        """As `decode`, but not clipped: training needs the gradient outside [0, 1] too."""
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
        assert self.encoder_skip is not None and self.decoder_skip is not None
        whiten = components / deviations[:, None]  # (d, 3072)
        self.encoder_skip.weight.copy_(whiten)
        self.encoder_skip.bias.copy_(-whiten @ mean)
        self.decoder_skip.weight.copy_((components * deviations[:, None]).T)
        self.decoder_skip.bias.copy_(mean - 0.5)
        for half in (self.encoder, self.decoder):
            last = [m for m in half.modules() if isinstance(m, (nn.Linear, nn.Conv2d))][-1]
            last.weight.mul_(0.01)
            last.bias.zero_()


def count_parameters(module: nn.Module) -> int:
    """Number of trained numbers."""
    return sum(p.numel() for p in module.parameters())

"""The layers of an autoencoder in the order in which a picture passes them, with what each hands on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from model.networks import Autoencoder, Precise, Residual, count_parameters

KINDS: dict[type[nn.Module], str] = {
    nn.Linear: "linear",
    nn.Conv2d: "conv",
    nn.ConvTranspose2d: "transposed",
    Residual: "residual",
}
AFTER: dict[type[nn.Module], str] = {
    nn.BatchNorm1d: "batch",
    nn.BatchNorm2d: "batch",
    nn.LayerNorm: "layer",
    nn.GroupNorm: "layer",
    nn.GELU: "gelu",
    nn.ReLU: "relu",
    nn.SiLU: "silu",
    nn.Tanh: "tanh",
}


@dataclass
class Layer:
    """One layer with the normalisation and the activation `after` it, and the `values` (of its shape) that it hands
    on. `half` is "encoder", "latent" or "decoder".
    """

    half: str
    kind: str
    values: Tensor
    parameters: int = 0
    after: tuple[str, ...] = ()

    @property
    def shape(self) -> tuple[int, ...]:
        """Of its values."""
        return tuple(self.values.shape)


@torch.no_grad()
def passed(autoencoder: Autoencoder, image: Tensor) -> list[Layer]:
    """Picture, encoder, latent, decoder and the picture made, image (1, 3, 32, 32) being in [0, 1].

    Where PCA stands beside a half, it is a layer of the kind "skip", whose values are added to those of that half.
    """
    latent = autoencoder.encode(image)  # (1, d)
    scaled = latent.clone()
    if autoencoder.config.latent_scale == "asinh":
        scaled = scaled.float().sinh()
    code = _skip("encoder", autoencoder.encoder_skip, image.flatten(1))
    drawn = _skip("decoder", autoencoder.decoder_skip, scaled)
    return [
        Layer("encoder", "picture", image[0]),
        *_half("encoder", autoencoder.encoder, image * 2 - 1),
        *code,
        Layer("latent", "latent", latent[0], 0, (autoencoder.config.latent_scale,)),
        *_half("decoder", autoencoder.decoder, scaled),
        *drawn,
        Layer("decoder", "drawn", autoencoder.decode(latent)[0]),
    ]


def _half(half: str, network: nn.Module, x: Tensor) -> Iterator[Layer]:
    """Each layer with what follows it up to the next; a change of shape alone is no layer."""
    layer: Layer | None = None
    for module in _modules(network):
        x = module(x)
        if (kind := KINDS.get(type(module))) is not None or layer is None:
            if layer is not None:
                yield layer
            layer = None if kind is None else Layer(half, kind, x[0], count_parameters(module))
        elif not isinstance(module, nn.Flatten):
            layer.values, layer.parameters = x[0], layer.parameters + count_parameters(module)
            layer.after += (AFTER[type(module)],) if type(module) in AFTER else ()
    if layer is not None:
        yield layer


def _modules(network: nn.Module) -> Iterator[nn.Module]:
    if isinstance(network, Precise):
        yield from _modules(network.layer)
    elif isinstance(network, nn.Sequential):
        for module in network:
            yield from _modules(module)
    elif not isinstance(network, nn.Identity):
        yield network


def _skip(half: str, skip: nn.Module | None, x: Tensor) -> list[Layer]:
    return [] if skip is None else [Layer(half, "skip", skip(x)[0], count_parameters(skip))]

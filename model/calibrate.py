"""`python -m model.calibrate MODEL`: write the density of the training data into saved models, and print what it says
of held-out images, of the corners of the map and of pictures that are none.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from pathlib import Path

import numpy as np
import torch

from model.checkpoint import LATENTS, load_model, read_card
from model.config import IMAGE_SHAPE, Settings
from model.data import options as data_options
from model.data.catalogue import dataset_for
from model.data.dataset import SPLITS
from model.errors import ConfigError
from model.evaluation.calibration import calibrate, uniformity
from model.evaluation.reconstruction import encode_all, errors, squared_errors
from model.exit_status import exit_status
from model.registry import locate_model, shipped_models
from model.space.density import DENSITY, Density
from model.space.latent_map import Floats, LatentMap

HEADS = ("model", "d", "uniformity", "corners", *(f"{kind} {what}" for kind in ("checkers", "noise", "black")
                                                  for what in ("place", "error")))  # fmt: skip


def pictures_of_nothing() -> torch.Tensor:
    """A checkerboard of fields of 4 pixels, noise, and black: uint8 (3, 3, 32, 32)."""
    odd = np.zeros((3, *IMAGE_SHAPE), np.uint8)
    odd[0, :, np.add.outer(np.arange(32) // 4, np.arange(32) // 4) % 2 == 0] = 255
    odd[1] = np.random.default_rng(0).integers(0, 256, IMAGE_SHAPE)
    return torch.from_numpy(odd)


def corners(latent_map: LatentMap) -> Floats:
    """The eight corners of the map's box, from the mean latent: float32 (8, d)."""
    return np.stack(
        [latent_map.to_latent(np.array(corner), latent_map.mean) for corner in itertools.product(*latent_map.ranges)]
    )


def measure(folder: Path, settings: Settings, dataset: str | None) -> list[str]:
    """Calibrate one model and write it; the row of its numbers. Raises ExplorerError, OSError."""
    autoencoder, card = load_model(folder)
    name = dataset or dataset_for(settings, read_card(folder))
    train, test = (data_options.require_dataset(settings, name, split) for split in SPLITS)
    if test.fingerprint != card["data"]["fingerprint"]:
        raise ConfigError("model.other_images", name=folder.name)
    latent_map, images = LatentMap.load(folder / LATENTS), torch.from_numpy(test.images)
    density = calibrate(autoencoder, train, latent_map.latents, images)
    density.save(folder / DENSITY)
    half = Density.of(density.reference, latent_map.latents[::2], np.zeros(1))  # the other half has not been seen
    odd = pictures_of_nothing()
    places = density.percentile(encode_all(autoencoder, odd).numpy())
    rank = density.error_percentile(errors(autoencoder, odd, squared_errors).numpy())
    assert rank is not None
    said = [uniformity(half, latent_map.latents[1::2]), density.percentile(corners(latent_map)).min()]
    numbers = [*said, *(number for pair in zip(places, rank, strict=True) for number in pair)]
    return [folder.name, str(latent_map.dim), f"{numbers[0]:.3f}", *(f"{number:.1f}" for number in numbers[1:])]


def main(arguments: list[str] | None = None) -> int:
    """0 on success, 1 with one sentence on standard error otherwise."""
    parser = argparse.ArgumentParser(prog="python -m model.calibrate", description=__doc__, allow_abbrev=False)
    parser.add_argument(
        "models", nargs="*", metavar="MODEL", help="a model's name, or its folder; default: all that ship"
    )
    data_options.add_options(parser, "the one that a model was trained on")
    options = parser.parse_args(arguments)
    settings = data_options.with_folder(options, Settings.from_environment())

    def work() -> None:
        print(f"| {' | '.join(HEADS)} |\n|{'---|' * len(HEADS)}")
        for model in options.models or shipped_models():
            row = measure(locate_model(model, settings.models), settings, data_options.given(options))
            print(f"| {' | '.join(row)} |", flush=True)

    return exit_status(work)


if __name__ == "__main__":
    sys.exit(main())

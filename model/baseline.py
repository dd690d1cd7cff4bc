"""`python -m model.baseline MODEL`: put PCA beside saved models, of as many numbers and of the images that they were
trained on, and print its test error.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import torch

from model.checkpoint import read_card
from model.config import Settings
from model.data import options as data_options
from model.data.catalogue import dataset_for
from model.data.dataset import SPLITS
from model.errors import ConfigError
from model.evaluation.pca import SAVED, fit_pca
from model.exit_status import exit_status
from model.registry import locate_model


def put_beside(folder: Path, settings: Settings, dataset: str | None) -> float:
    """Write the PCA into a model's folder; its mean squared error of the test images. Raises ExplorerError, OSError."""
    card = read_card(folder)
    name = dataset or dataset_for(settings, card)
    train, test = (data_options.require_dataset(settings, name, split) for split in SPLITS)
    if test.fingerprint != card["data"]["fingerprint"]:
        raise ConfigError("model.other_images", name=folder.name)
    pca = fit_pca(torch.from_numpy(train.images), card["config"]["network"]["latent_dim"])
    pca.save(folder / SAVED)
    return pca.mse(torch.from_numpy(test.images))


def main(arguments: list[str] | None = None) -> int:
    """0 on success, 1 with one sentence on standard error otherwise."""
    parser = argparse.ArgumentParser(prog="python -m model.baseline", description=__doc__, allow_abbrev=False)
    parser.add_argument("models", nargs="+", metavar="MODEL", help="a model's name, or its folder")
    data_options.add_options(parser, "the one that a model was trained on")
    options = parser.parse_args(arguments)
    settings = data_options.with_folder(options, Settings.from_environment())

    def work() -> None:
        for model in options.models:
            error = put_beside(locate_model(model, settings.models), settings, data_options.given(options))
            print(f"{model}: {error:.6f}", flush=True)

    return exit_status(work)


if __name__ == "__main__":
    sys.exit(main())

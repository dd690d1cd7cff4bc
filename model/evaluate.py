"""`python -m model.evaluate MODEL --data DIR`: every metric of a saved model as JSON, PCA's beside it."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from model.checkpoint import load_model
from model.config import SHIPPED_MODELS, Settings
from model.data import ImageDataset, open_dataset
from model.device import best_device
from model.errors import DataError, ExplorerError
from model.evaluation import evaluate


def find_model(name: str, settings: Settings) -> Path:
    """The folder of a model: one that ships, one made here, or a path."""
    candidates = (SHIPPED_MODELS / name, settings.models / name, Path(name))
    return next((folder for folder in candidates if (folder / "card.json").is_file()), candidates[0])


def require_dataset(settings: Settings, split: str) -> ImageDataset:
    """The split that the settings point at; raises DataError with what to do if there is none."""
    dataset = open_dataset(settings, split)
    if dataset is None:
        raise DataError("There is no data set on this machine. Give a folder of class folders with --data, or download CIFAR-10 in the app.")
    return dataset


def main(arguments: list[str] | None = None) -> int:
    """Print the metrics; 0 on success, 1 with one sentence on standard error otherwise."""
    parser = argparse.ArgumentParser(prog="python -m model.evaluate", description="Print every metric of a model as JSON.")
    parser.add_argument("model", help="name of a model that ships or was made here, or its folder")
    parser.add_argument("--data", type=Path, help="folder with train/CLASS/* and test/CLASS/* (default: EXPLORER_DATA, else CIFAR-10)")
    options = parser.parse_args(arguments)
    settings = Settings.from_environment()
    settings = Settings(options.data or settings.data, settings.home)
    try:
        autoencoder, _ = load_model(find_model(options.model, settings))
        train, test = (require_dataset(settings, split) for split in ("train", "test"))
        print(json.dumps(evaluate(autoencoder.to(best_device()), train, test), indent=2))
    except ExplorerError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

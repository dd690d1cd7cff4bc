"""`python -m model.evaluate MODEL --data DIR`: every metric of a saved model as JSON, PCA's beside it."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import torch

from model.checkpoint import CARD, load_model
from model.config import Settings
from model.data import ImageDataset, open_dataset
from model.device import best_device
from model.errors import DataError, ExplorerError
from model.evaluation import evaluate
from model.registry import find_model


def require_dataset(settings: Settings, split: str) -> ImageDataset:
    """The split that the settings point at; raises DataError with what to do if there is none."""
    dataset = open_dataset(settings, split)
    if dataset is None:
        raise DataError("There is no data set on this machine. Give a folder of class folders with --data, or download CIFAR-10 in the app.")
    return dataset


def _folder(model: str, settings: Settings) -> Path:
    """A path to a model's folder has a separator; all else is a name."""
    path = Path(model)
    return path if len(path.parts) > 1 and (path / CARD).is_file() else find_model(model, settings.models)


def main(arguments: list[str] | None = None) -> int:
    """Print the metrics; 0 on success, 1 with one sentence on standard error otherwise."""
    parser = argparse.ArgumentParser(prog="python -m model.evaluate", description="Print every metric of a model as JSON.")
    parser.add_argument("model", help="name of a model that ships or was made here, or its folder")
    parser.add_argument("--data", type=Path, help="folder with train/CLASS/* and test/CLASS/* (default: EXPLORER_DATA, else CIFAR-10)")
    options = parser.parse_args(arguments)
    settings = Settings.from_environment()
    settings = Settings(options.data or settings.data, settings.home)
    try:
        autoencoder, _ = load_model(_folder(options.model, settings))
        train, test = (require_dataset(settings, split) for split in ("train", "test"))
        print(json.dumps(evaluate(autoencoder.to(best_device()), train, test), indent=2))
    except ExplorerError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except (torch.OutOfMemoryError, MemoryError):
        print("error: There is not enough memory for this data set. Close other programs, or take fewer images.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

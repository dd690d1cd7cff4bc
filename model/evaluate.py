"""`python -m model.evaluate MODEL --data DIR`: every metric of saved models, PCA's beside it, as JSON or as the
README's tables.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import torch

from model.checkpoint import CARD, Card, load_model, read_card
from model.config import RunConfig, Settings
from model.data import options as data_options
from model.data.catalogue import dataset_for
from model.data.dataset import SPLITS, ImageDataset
from model.data.options import require_dataset
from model.device import best_device
from model.errors import ConfigError, ExplorerError
from model.evaluation.disentanglement import UNMEASURED
from model.evaluation.metrics import Baseline, evaluate
from model.evaluation.tables import Result, tables
from model.files import write_json
from model.registry import locate_model, shipped_models

EPILOG = """examples:
  python -m model.evaluate default --data DIR        the metrics of one model as JSON
  python -m model.evaluate --all --data DIR --table  those of all that ship, measured anew, as the README's tables
  python -m model.evaluate --all --cards             the same tables from what stands on the cards, without data
exit codes: 0 done, 1 it could not be done (one sentence on standard error), 2 a mistake in the command line"""


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The command line."""
    options = argparse.ArgumentParser(
        prog="python -m model.evaluate",
        description=__doc__,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    options.add_argument(
        "models", nargs="*", metavar="MODEL", help="name of a model that ships or was made here, or its folder"
    )
    options.add_argument("--all", action="store_true", help="all models that ship")
    data_options.add_options(options, "the one that a model was trained on")
    options.add_argument("--table", action="store_true", help="print Markdown tables, not JSON")
    options.add_argument("--cards", action="store_true", help="print the tables from the cards and measure nothing")
    options.add_argument(
        "--write",
        action="store_true",
        help="write the metrics to the cards; refused with other images than a card names",
    )
    given = options.parse_args(arguments)
    if given.all == bool(given.models):
        options.error("name one or more models, or give --all")
    if given.cards and (given.write or given.data or given.dataset):
        options.error("--cards measures nothing: --write, --data and --dataset do not go with it")
    return given


def _folders(options: argparse.Namespace, settings: Settings) -> list[Path]:
    return (
        list(shipped_models().values())
        if options.all
        else [locate_model(model, settings.models) for model in options.models]
    )


def measure(folders: list[Path], settings: Settings, dataset: str | None, write: bool) -> list[Result]:
    """The models in `folders`, each measured on its data set. Raises ExplorerError, OSError."""
    cards = {folder: read_card(folder) for folder in folders}
    sets = {folder: dataset or dataset_for(settings, card) for folder, card in cards.items()}
    return [
        result
        for name in dict.fromkeys(sets.values())
        for result in _measure({f: c for f, c in cards.items() if sets[f] == name}, settings, name, write)
    ]


def _measure(cards: dict[Path, Card], settings: Settings, dataset: str, write: bool) -> list[Result]:
    """Those of one data set: it is opened once, and so is what the PCA of it needs."""
    train, test = (require_dataset(settings, dataset, split) for split in SPLITS)
    if write:
        _require_own_images(cards, test)
    most = max(RunConfig.from_dict(card["config"]).network.latent_dim for card in cards.values())
    baseline = Baseline(train, test, best_device(), most)
    results = []
    for folder in cards:
        print(f"measuring {folder.name}", file=sys.stderr, flush=True)
        autoencoder, card = load_model(folder)
        metrics = evaluate(
            autoencoder.to(best_device()), train, test, RunConfig.from_dict(card["config"]).objective, baseline
        )
        if write:
            write_json(folder / CARD, {**card, "metrics": metrics})
        results.append(Result(folder.name, card, metrics))
    return results


def _require_own_images(cards: dict[Path, Card], test: ImageDataset) -> None:
    other = [folder.name for folder, card in cards.items() if card["data"]["fingerprint"] != test.fingerprint]
    if other:
        raise ConfigError("model.other_images", name=other[0])


def show(results: list[Result], as_table: bool) -> None:
    """Print the results; what no number can say goes to standard error, where it does not stand below a table
    already.
    """
    if as_table:
        print(tables(results))
        return
    found = {result.name: result.metrics for result in results}
    print(json.dumps(found if len(found) > 1 else results[0].metrics, indent=2))
    if any(result.config.network.variational for result in results):
        print(f"note: {UNMEASURED['en']}", file=sys.stderr)


def main(arguments: list[str] | None = None) -> int:
    """Print the metrics; 0 on success, 1 with one sentence on standard error otherwise."""
    options = parse(arguments)
    settings = Settings.from_environment()
    settings = data_options.with_folder(options, settings)
    try:
        folders = _folders(options, settings)
        if options.cards:
            results = [
                Result(folder.name, card, card.get("metrics", {})) for folder in folders for card in [read_card(folder)]
            ]
        else:
            results = measure(folders, settings, data_options.given(options), options.write)
        show(results, options.table or options.cards)
    except (ExplorerError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except (torch.OutOfMemoryError, MemoryError):
        print(
            "error: There is not enough memory for this data set. Close other programs, or take fewer images.",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

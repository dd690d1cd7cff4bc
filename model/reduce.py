"""`python -m model.reduce --dataset NAME --all --table`: dimension reductions of test images, and how well each keeps
neighbourhoods.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from model.checkpoint import read_card
from model.config import Settings
from model.data import options as data_options
from model.data.dataset import ImageDataset
from model.data.options import require_dataset
from model.exit_status import exit_status
from model.reduction.methods import METHODS, SEED
from model.reduction.stored import Reductions
from model.registry import locate_model, shipped_models

STDOUT = Path("-")
PACKAGES = ("scikit-learn", "umap-learn", "pacmap", "numpy", "torch")


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The command line."""
    options = argparse.ArgumentParser(prog="python -m model.reduce", description=__doc__, allow_abbrev=False)
    data_options.add_options(options, "the folder of EXPLORER_DATA, else cifar10")
    options.add_argument(
        "--method", action="append", choices=list(METHODS), default=[], help="a method; may be given again"
    )
    options.add_argument(
        "--model", action="append", default=[], metavar="NAME", help="measure this autoencoder's latents, too"
    )
    options.add_argument("--all", action="store_true", help="every method, and the shipped models of these images")
    options.add_argument("--table", action="store_true", help="print a table in Markdown")
    options.add_argument("--out", type=Path, metavar="FILE", help="join the results to this file; '-': standard output")
    options.add_argument("--cause", action="store_true", help="say an error as JSON too, on a line of its own")
    return options.parse_args(arguments)


def computed(options: argparse.Namespace, settings: Settings) -> tuple[Reductions, dict[str, str]]:
    """What the options ask for, and the models' names by their weights. Raises ExplorerError, OSError."""
    from model.reduction.reduce import some

    dataset = require_dataset(settings, data_options.chosen(options, settings), "test")
    samples, part = some(dataset)
    found = Reductions(dataset.fingerprint, samples, made=_made())
    for name in METHODS if options.all else options.method:
        found = found.joined(_reduced(name, part, found))
        _say(name, found.facts[name])
    folders = [locate_model(name, settings.models) for name in options.model]
    names = {}
    for folder in dict.fromkeys([*folders, *(_shipped_of(dataset.fingerprint) if options.all else ())]):
        weights, facts = _model_facts(folder, dataset, found, settings)
        names[weights] = folder.name
        found = replace(found, models={**found.models, weights: facts})
        _say(folder.name, facts)
    return found, names


def _reduced(name: str, part: ImageDataset, found: Reductions) -> Reductions:
    from threadpoolctl import threadpool_limits

    from model.reduction.reduce import reduce

    with threadpool_limits(1):  # as the server computes: it has hands to serve with the other cores
        made = reduce(METHODS[name], part)
    return replace(found, points={name: made.points}, facts={name: made.facts})


def _model_facts(
    folder: Path, dataset: ImageDataset, found: Reductions, settings: Settings
) -> tuple[str, dict[str, float]]:
    """The first characters of the weights' digest, and what all d numbers of the latents keep; its seconds are those
    of its training.
    """
    from model.reduction.reduce import measured, some
    from model.space.service import ExplorerService

    service = ExplorerService(folder, dataset, settings.home / "cache")
    facts = measured(some(dataset)[1], service.latent_map.latents[found.samples])
    return service.card["weights_sha256"][:16], {"seconds": float(service.card.get("seconds") or 0), **facts}


def _shipped_of(fingerprint: str) -> Iterable[Path]:
    return [f for f in shipped_models().values() if read_card(f)["data"]["fingerprint"] == fingerprint]


def _made() -> dict[str, Any]:
    from model.device import best_device, hardware_name

    hardware = hardware_name(best_device()).partition(",")[0]
    versions = {name: version(name) for name in PACKAGES}
    return {
        "seed": SEED,
        "hardware": f"{hardware}, 1 thread",
        "versions": {"python": platform.python_version()} | versions,
    }


def _say(name: str, facts: Mapping[str, float]) -> None:
    print(f"{name}: {json.dumps(dict(facts))}", file=sys.stderr, flush=True)


def deliver(found: Reductions, names: dict[str, str], options: argparse.Namespace) -> None:
    """Write and print what the options say. Raises OSError."""
    if options.out == STDOUT:
        sys.stdout.buffer.write(found.pack())
        sys.stdout.flush()
        return
    if options.out:
        there = Reductions.load(options.out).joined(found) if options.out.is_file() else found
        there.save(options.out)
    if options.table:
        from model.reduction.table import table

        print(f"{len(found.samples):,} test images, seed {found.made['seed']}, {found.made['hardware']}\n")
        print(table(found, names))


def main(arguments: list[str] | None = None) -> int:
    """0 on success, 1 with one sentence on standard error otherwise."""
    options = parse(arguments)
    os.environ.setdefault("NUMBA_NUM_THREADS", "1")
    settings = data_options.with_folder(options, Settings.from_environment())
    return exit_status(lambda: deliver(*computed(options, settings), options), options.cause)


if __name__ == "__main__":
    sys.exit(main())

"""The command line of `python -m model.train`: every field of the configuration is an option."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import Field, fields, replace
from pathlib import Path
from typing import Any

from model.config import OPTIONS, PARTS, RunConfig
from model.data import options as data_options
from model.errors import ConfigError
from model.fields import Option
from model.presets import PRESETS, preset_config

ABOUT = """Train an autoencoder. The run is kept below EXPLORER_HOME/runs/NAME; Ctrl-C leaves a usable model, --resume
goes on exactly where it stopped, and a killed run loses at most its last five seconds, or the epoch that it is in. The
model is written to EXPLORER_HOME/models/NAME, where the app finds it."""
EPILOG = """examples:
  python -m model.train --name first --preset one-minute
  python -m model.train --name wide --decoder-widths 2048,2048 --epochs 30 --data my-images
  python -m model.train --name mine --config mine.json     {"network": {...}, "objective": {...}, "training": {...}}
  python -m model.train --name fast --processes 2               data-parallel, the same results as one process

exit codes: 0 the model is written; 1 an error, said in one sentence; 2 a command line that cannot be read;
            130 stopped before there was a model to write, or with several processes"""
METAVARS = {"int": "N", "float": "X", "tuple[int, ...]": "N,N,..."}
TITLES = {"network": "the network", "objective": "what is minimised", "training": "how it is minimised"}


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The command line; options that are not given are None."""
    return parser().parse_args(arguments)


def parser() -> argparse.ArgumentParser:
    """What the command line may hold."""
    parser = argparse.ArgumentParser(
        prog="python -m model.train",
        description=ABOUT,
        epilog=EPILOG,
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--name", required=True, help="name of the run and of the model; letters, digits, '-' and '_'")
    start = parser.add_mutually_exclusive_group()
    start.add_argument("--preset", choices=list(PRESETS), help="configuration to start from (default: default)")
    start.add_argument("--config", type=Path, metavar="FILE", help="JSON file of a configuration to start from")
    parser.add_argument(
        "--resume", action="store_true", help="go on with the run of that name from the last epoch that was saved"
    )
    data_options.add_options(parser, "the folder EXPLORER_DATA, else CIFAR-10; with --resume the run's own")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="folder in which the model's folder is made (default: EXPLORER_HOME/models)",
    )
    parser.add_argument(
        "--background",
        action="store_true",
        help="run at low priority, so that a server on the same machine stays quick",
    )
    parser.add_argument(
        "--processes",
        type=_count,
        default=1,
        metavar="N",
        help="processes that share each batch, one for each graphics card (default: 1)",
    )
    for part, kind in PARTS.items():
        group = parser.add_argument_group(TITLES[part], "each changes one value of the preset or file")
        for field in fields(kind):
            _add(group, field)
    return parser


def _add(group: argparse._ArgumentGroup, field: Field[Any]) -> None:
    option, kind, declared = f"--{field.name.replace('_', '-')}", str(field.type), OPTIONS[field.name]
    said = f"{declared.help}{_range(declared)}".replace("%", "%%")
    if kind == "bool":
        group.add_argument(option, action=argparse.BooleanOptionalAction, default=None, help=said)
        return
    readers: dict[str, Callable[[str], Any]] = {"int": int, "float": float, "str": str, "tuple[int, ...]": _widths}
    choices = declared.choices or None
    group.add_argument(
        option, type=readers[kind], choices=choices, metavar=None if choices else METAVARS.get(kind), help=said
    )


def _range(declared: Option) -> str:
    return "" if declared.low is None else f" ({declared.low:.12g} to {declared.high:.12g})"


def _count(text: str) -> int:
    if not 1 <= (count := int(text)) <= 64:
        raise ValueError
    return count


def _widths(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(","))


def given(options: argparse.Namespace) -> list[str]:
    """The configuration's options that stand on the command line, as they are written there."""
    names = ["preset", "config", *(field.name for kind in PARTS.values() for field in fields(kind))]
    return [f"--{name.replace('_', '-')}" for name in names if getattr(options, name) is not None]


def configure(options: argparse.Namespace, dataset: str) -> RunConfig:
    """The preset as it fits the data set, or the file, with what the command line changes. Raises ConfigError.

    A weight of the KL divergence makes the network variational.
    """
    config = read_config(options.config) if options.config else preset_config(options.preset or "default", dataset)
    if options.beta and options.variational is None:
        options.variational = True
    parts = {}
    for part, kind in PARTS.items():
        changes = {field.name: value for field in fields(kind) if (value := getattr(options, field.name)) is not None}
        parts[part] = replace(getattr(config, part), **changes)
    return RunConfig(**parts)


def read_config(path: Path) -> RunConfig:
    """The configuration in a JSON file. Raises ConfigError."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigError("config.unreadable", path=path, reason=error) from error
    return RunConfig.from_dict(values)

"""`python -m model.export MODEL --to FORMAT --out DIR`: a model for other tools, in the formats listed below."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from model.checkpoint import load_model, read_card
from model.config import Settings
from model.data import options as data_options
from model.data.catalogue import dataset_for, open_dataset
from model.exit_status import exit_status
from model.export.formats import EXPLAINED, FORMATS, Files, packed, sample_files, weight_files
from model.export.onnx_model import onnx_files
from model.files import write_atomically
from model.registry import locate_model
from model.space.service import ExplorerService

STDOUT = Path("-")
EPILOG = "formats:\n" + "\n".join(f"  {kind:<12} {said}" for kind, said in EXPLAINED.items()) + (
    "\nexit codes: 0 done, 1 it could not be done (one sentence on standard error), 2 a mistake in the command line"
)  # fmt: skip


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The command line."""
    options = argparse.ArgumentParser(
        prog="python -m model.export",
        description=__doc__,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    options.add_argument("model", help="name of a model that ships or was made here, or its folder")
    options.add_argument("--to", required=True, choices=FORMATS, help="the format")
    options.add_argument(
        "--out",
        type=Path,
        default=Path(),
        metavar="DIR",
        help="folder for the files (default: this one); '-' packs them onto standard output",
    )
    options.add_argument("--zip", action="store_true", help="write several files as one ZIP archive")
    options.add_argument(
        "--data",
        type=Path,
        help="folder with train/CLASS/* and test/CLASS/*: show its test images (default: EXPLORER_DATA, else CIFAR-10)",
    )
    options.add_argument("--background", action="store_true", help="run at low priority")
    options.add_argument("--cause", action="store_true", help="say an error as JSON too, on a line of its own")
    return options.parse_args(arguments)


def say(line: str) -> None:
    """What was done, beside the result: standard output may be the file itself."""
    print(line, file=sys.stderr, flush=True)


def made(options: argparse.Namespace, settings: Settings) -> tuple[str, Files]:
    """The model's name and its files. Raises ExplorerError, OSError."""
    folder = locate_model(options.model, settings.models)
    if options.to == "onnx":
        return folder.name, onnx_files(folder, say)
    if options.to == "safetensors":
        load_model(folder)  # which checks that they are whole and belong together
        return folder.name, weight_files(folder)
    service = ExplorerService(
        folder, open_dataset(settings, dataset_for(settings, read_card(folder)), "test"), settings.home / "cache"
    )
    return folder.name, sample_files(service, folder.name, options.to)


def deliver(name: str, files: Files, options: argparse.Namespace) -> None:
    """Write the files to where the options say. Raises OSError."""
    if options.zip or options.out == STDOUT:
        files = dict([packed(files, name, options.to)])
    for entry, content in files.items():
        if options.out == STDOUT:
            sys.stdout.buffer.write(content)
            sys.stdout.flush()
            return
        _write(options.out / entry, content)


def _write(path: Path, content: bytes) -> None:
    write_atomically(path, lambda file: file.write(content))
    say(f"wrote {path} ({len(content) / 1e6:.1f} MB)")


def main(arguments: list[str] | None = None) -> int:
    """Write the files; 0 on success, 1 with one sentence on standard error otherwise."""
    options = parse(arguments)
    if options.background:
        os.nice(10)
    settings = data_options.with_folder(options, Settings.from_environment())
    return exit_status(lambda: deliver(*made(options, settings), options), options.cause)


if __name__ == "__main__":
    sys.exit(main())

"""`python -m model.train`: train an autoencoder from the shell. Ctrl-C leaves a usable model, `--resume` goes on."""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import platform
import shlex
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from model.checkpoint import LATENTS, Card, round_weights, save_model
from model.config import NetworkConfig, RunConfig, Settings
from model.data import ImageDataset
from model.device import best_device, hardware_name
from model.errors import CheckpointError, ConfigError, DataError, ExplorerError
from model.evaluate import require_dataset
from model.evaluation import encode_all, evaluate
from model.latents import LatentMap
from model.presets import PRESETS, Preset
from model.training import RUN, Progress, Trainer

VERSIONED = ("torch", "torchvision", "numpy")
CHANGES = ("preset", "epochs", "batch_size", "learning_rate", "latent_dim", "seed")  # options that a run keeps from its start
STOPPED = 130  # as shells say of a program that Ctrl-C ended


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m model.train", description=__doc__, allow_abbrev=False)
    parser.add_argument("--name", required=True, help="name of the model; letters, digits, '-' and '_'")
    parser.add_argument("--preset", choices=sorted(PRESETS), help="configuration to start from (default: default)")
    parser.add_argument("--data", type=Path, help="folder with train/CLASS/* and test/CLASS/* (default: EXPLORER_DATA, else CIFAR-10)")
    parser.add_argument("--epochs", type=int, help="passes over the training images (default: the preset's)")
    parser.add_argument("--batch-size", type=int, help="images per step (default: the preset's)")
    parser.add_argument("--learning-rate", type=float, help="highest learning rate (default: the preset's)")
    parser.add_argument("--latent-dim", type=int, help="numbers per image (default: the preset's)")
    parser.add_argument("--seed", type=int, help="seed of weights, order and augmentation (default: the preset's)")
    parser.add_argument("--out", type=Path, help="folder in which the model's folder is made (default: EXPLORER_HOME/models)")
    parser.add_argument("--resume", action="store_true", help="go on with the run of that name from its last whole epoch")
    return parser.parse_args(arguments)


def configure(options: argparse.Namespace) -> RunConfig:
    """The preset with what the command line changes. Raises ConfigError."""
    preset = _preset(options).config
    changes = {name: getattr(options, name) for name in ("epochs", "batch_size", "learning_rate", "seed")}
    training = replace(preset.training, **{name: value for name, value in changes.items() if value is not None})
    network: NetworkConfig = preset.network
    if options.latent_dim is not None:
        network = replace(network, latent_dim=options.latent_dim)
    return replace(preset, network=network, training=training)


def check_name(name: str) -> str:
    """The name, if it is fit for a folder and a URL; else ConfigError."""
    if not name or len(name) > 64 or not all(c.isascii() and (c.isalnum() or c in "-_") for c in name):
        raise ConfigError(f"The name is {name!r}; take 1 to 64 letters, digits, '-' or '_'.")
    return name


def _preset(options: argparse.Namespace) -> Preset:
    """The preset asked for; runs from before presets were written down are taken for the one of their name."""
    return PRESETS[options.preset or (options.name if options.resume and options.name in PRESETS else "default")]


def prepare(options: argparse.Namespace, train: ImageDataset, test: ImageDataset, folder: Path, about: Mapping[str, Any]) -> Trainer:
    """A new trainer, or with --resume the one that the folder holds. Raises CheckpointError, ConfigError, DataError."""
    if options.resume:
        return _resumed(options, train, test, folder, about)
    if (folder / RUN).exists():
        raise ConfigError(f"There is a run {options.name!r} already. Go on with --resume, or take another name.")
    return Trainer(configure(options), train, test, folder, about=about)


def _resumed(options: argparse.Namespace, train: ImageDataset, test: ImageDataset, folder: Path, about: Mapping[str, Any]) -> Trainer:
    if given := [f"--{name.replace('_', '-')}" for name in CHANGES if getattr(options, name) is not None]:
        raise ConfigError(f"{', '.join(given)} cannot stand beside --resume: a resumed run keeps its configuration.")
    try:
        run = json.loads((folder / RUN).read_text(encoding="utf-8"))
        kept = {**about, **run.get("about", {})}
        config, history = RunConfig.from_dict(run["config"]), list(run["history"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CheckpointError(f"There is no run {options.name!r} to resume in {str(folder)!r} ({error}).") from error
    if kept["data"] != about["data"]:
        raise DataError(f"The run {options.name!r} was started with other images than these. Give the same folder with --data, or start a new run.")
    trainer = Trainer(config, train, test, folder, about=kept)
    trainer.resume(history)
    return trainer


def export(trainer: Trainer, folder: Path, train: ImageDataset, test: ImageDataset, source: str) -> Card:
    """Write the model's folder: latents and labels of the test images, weights, and the card with its metrics. Raises OSError."""
    autoencoder = trainer.autoencoder.eval()
    round_weights(autoencoder)
    metrics = evaluate(autoencoder, train, test)
    latents = encode_all(autoencoder, trainer.test_images).cpu().numpy()
    data = {"name": source, "fingerprint": test.fingerprint, "classes": test.classes, "train": len(train), "test": len(test)}
    said = {key: trainer.about[key] for key in ("title", "description", "command")}
    card = {"name": folder.name, **said, **_machine(), "seconds": trainer.seconds, "config": trainer.config.to_dict(),
            "epochs_done": trainer.epoch, "data": data, "metrics": metrics, "history": trainer.history}  # fmt: skip
    LatentMap.of(latents, test.labels).save(folder / LATENTS)  # from here on only files are written, one after another
    save_model(folder, autoencoder, card)
    return card


def describe(options: argparse.Namespace, settings: Settings, train: ImageDataset, test: ImageDataset) -> dict[str, Any]:
    """What a run keeps from its start: how it is called, the command that started it, the data that it learns from."""
    preset = _preset(options)
    own = PRESETS.get(options.name) is not preset  # a model with a name of its own is called by it
    return {
        "title": {language: options.name if own else said for language, said in preset.title.items()},
        "description": preset.description,
        "preset": options.preset or "default",
        "command": _command(options, settings),
        "data": {"train": train.fingerprint, "test": test.fingerprint},
    }


def _command(options: argparse.Namespace, settings: Settings) -> str:
    """The command for others to repeat: where somebody's folders lie is nobody else's business."""
    words = ["python", "-m", "model.train", "--name", options.name]
    for name in CHANGES:
        if (value := getattr(options, name)) is not None:
            words += [f"--{name.replace('_', '-')}", str(value)]
    return shlex.join([*words, "--data", "DIR"] if settings.data else words)


def _machine() -> dict[str, Any]:
    return {
        "hardware": hardware_name(best_device()),
        "versions": {"python": platform.python_version(), **{name: importlib.metadata.version(name) for name in VERSIONED}},
    }


def show(progress: Progress) -> None:
    """One line on a terminal, rewritten; one line an epoch elsewhere."""
    losses = "" if progress.test_mse is None else f"  train {progress.train_loss:.5f}  test {progress.test_mse:.5f}"
    epoch = progress.epoch + (0 if progress.whole_epoch else 1)
    place = f"epoch {epoch}/{progress.epochs}  step {progress.step}/{progress.steps}"
    line = f"{place}{losses}  {progress.images_per_second:,.0f} images/s  {_clock(progress.seconds_left)} left"
    if sys.stdout.isatty():
        print(f"\r\033[K{line}", end="\n" if progress.whole_epoch else "", flush=True)
    elif progress.whole_epoch:
        print(line, flush=True)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"


def run(options: argparse.Namespace) -> None:
    """Train and export. Raises ExplorerError, OSError; KeyboardInterrupt only where there is no model yet to leave behind."""
    settings = Settings.from_environment()
    settings = Settings(options.data or settings.data, settings.home)
    folder = settings.runs / check_name(options.name)
    train, test = (require_dataset(settings, split) for split in ("train", "test"))
    for line in (*train.skipped, *test.skipped):
        print(f"skipped {line}", file=sys.stderr)
    trainer = prepare(options, train, test, folder, describe(options, settings, train, test))
    try:
        for progress in trainer.run():
            show(progress)
    except KeyboardInterrupt:
        print(f"\nstopped in epoch {trainer.epoch + 1}; go on with --resume", flush=True)
        trainer.resume(json.loads((folder / RUN).read_text(encoding="utf-8"))["history"])
    out = (options.out or settings.models) / options.name
    card = export(trainer, out, train, test, settings.data.name if settings.data else "CIFAR-10")
    print(json.dumps(card["metrics"], indent=2))
    print(f"model: {out}")


def main(arguments: list[str] | None = None) -> int:
    """0 on success, 130 after Ctrl-C before the model was written, 1 with one sentence on standard error otherwise."""
    options = parse(arguments)
    try:
        run(options)
    except KeyboardInterrupt:
        print("\nstopped before the model was written; go on with --resume", file=sys.stderr)
        return STOPPED
    except (torch.OutOfMemoryError, MemoryError):
        print("error: There is not enough memory for this run. Take a smaller --batch-size, or fewer images.", file=sys.stderr)
        return 1
    except (ExplorerError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

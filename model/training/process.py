"""The process that trains: it opens the images, holds the run's folder, trains, and leaves the model behind."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch

from model.config import RunConfig, Settings
from model.data.catalogue import first_dataset
from model.data.dataset import SPLITS, ImageDataset
from model.data.options import given as given_dataset
from model.data.options import require_dataset, with_folder
from model.device import keep_memory
from model.errors import CheckpointError, ConfigError, DataError, ExplorerError
from model.interrupts import Interrupts
from model.messages import Message
from model.presets import PRESETS, command_line, preset_config
from model.runs.folder import RunState, read_object
from model.runs.lock import StopRequest, hold
from model.training import feasibility, process_group
from model.training.feasibility import Counts
from model.training.loop import Trainer
from model.training.memory import be_killed_first
from model.training.model_folder import export, known_pca_error, unlearnt
from model.training.options import configure, given
from model.training.process_group import ProcessGroup
from model.training.reporter import Reporter
from model.training.run_folder import RUN, STATE

LOW_PRIORITY = 10  # of 19
OWN = {"en": "A model that was trained here.", "ko": "여기서 학습한 모델입니다."}


def train(options: argparse.Namespace, interrupts: Interrupts) -> int:
    """0 on success, 1 with one sentence on standard error. Raises KeyboardInterrupt where there is no model yet to
    leave behind.
    """
    if options.background:
        give_way()
    be_killed_first()
    keep_memory()
    group = process_group.init_process_group()
    try:
        run(options, group, interrupts)
    except MemoryError:
        print(f"error: {Message('training.memory')}", file=sys.stderr)
        return 1
    except (ExplorerError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    finally:
        group.destroy()
    return 0


def check_name(name: str) -> str:
    """The name, if it is fit for a folder and a URL; else ConfigError."""
    if not name or len(name) > 64 or not all(c.isascii() and (c.isalnum() or c in "-_") for c in name):
        raise ConfigError("training.name", name=name)
    return name


def dataset_of(options: argparse.Namespace, settings: Settings, folder: Path) -> str:
    """The name of the data set to train on: what the options choose, or with --resume the one that the run was begun
    on.
    """
    about = (read_object(folder / RUN) or {}).get("about") if options.resume else None
    begun_on = about.get("dataset") if isinstance(about, dict) else None
    return given_dataset(options) or (begun_on if isinstance(begun_on, str) else first_dataset(settings))


def prepare(
    options: argparse.Namespace,
    dataset: str,
    train: ImageDataset,
    test: ImageDataset,
    folder: Path,
    group: ProcessGroup,
) -> Trainer:
    """A new trainer, or with --resume the one that the folder holds. Raises CheckpointError, ConfigError, DataError."""
    about = {"dataset": dataset, "data": {"train": train.fingerprint, "test": test.fingerprint}}
    if options.resume:
        return _resumed(options, train, test, folder, about, group)
    if (folder / RUN).exists():
        raise ConfigError("training.exists", name=options.name)
    config = configure(options, dataset)
    feasibility.check(config, Counts.of(train, test), group.device)
    preset = None if options.config else options.preset or "default"
    return Trainer(
        config, train, test, folder, about={**describe(options.name, dataset, preset, config), **about}, group=group
    )


def _resumed(
    options: argparse.Namespace,
    train: ImageDataset,
    test: ImageDataset,
    folder: Path,
    now: Mapping[str, Any],
    group: ProcessGroup,
) -> Trainer:
    try:
        run = json.loads((folder / RUN).read_text(encoding="utf-8"))
        config, history, about = RunConfig.from_dict(run["config"]), list(run["history"]), dict(run.get("about", {}))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ConfigError) as error:
        raise CheckpointError("training.unresumable", name=options.name, folder=folder, reason=error) from error
    if about.get("data", now["data"]) != now["data"]:
        raise DataError("training.other_images", name=options.name)
    feasibility.check(config, Counts.of(train, test), group.device)
    preset = about.get("preset") or (options.name if options.name in PRESETS else None)
    trainer = Trainer(
        config,
        train,
        test,
        folder,
        about={**describe(options.name, now["dataset"], preset, config), **about, **now},
        group=group,
    )
    if history or (folder / STATE).exists():  # else it waited in a queue, and begins only now
        trainer.resume(history)
    return trainer


def describe(name: str, dataset: str, preset: str | None, config: RunConfig) -> dict[str, Any]:
    """How a run is called and described, and the command for others to repeat: where somebody's folders lie is nobody
    else's business.
    """
    known = PRESETS.get(preset or "")
    unchanged = preset is not None and known is not None and preset_config(preset, dataset) == config
    own = not unchanged or name != preset  # a model with a name of its own is called by it
    return {
        "title": {language: name if own or known is None else known.title[language] for language in ("en", "ko")},
        "description": known.description if unchanged and known else OWN,
        "preset": preset,
        "command": command_line(name, dataset, preset or "default", config),
    }


def run(options: argparse.Namespace, group: ProcessGroup, interrupts: Interrupts) -> None:
    """Train and export. Raises ExplorerError, OSError; KeyboardInterrupt only where there is no model yet to leave
    behind.
    """
    settings = Settings.from_environment()
    settings = with_folder(options, settings)
    folder = settings.runs / check_name(options.name)
    if options.resume and (changes := given(options)):
        raise ConfigError("training.keeps", changes=", ".join(changes))
    if not group.is_rank_zero:
        return _follow(options, settings, folder, group, interrupts)
    if options.resume and not folder.is_dir():
        raise CheckpointError("training.absent", name=options.name, folder=folder)
    with hold(folder) as stop:
        reporter = Reporter(folder)
        try:
            _lead(options, settings, folder, group, reporter, interrupts, stop)
        except KeyboardInterrupt:
            reporter.state(RunState.STOPPED)
            raise
        except (ExplorerError, OSError) as error:
            reporter.state(RunState.FAILED, error.message if isinstance(error, ExplorerError) else str(error))
            raise
        except (torch.OutOfMemoryError, MemoryError) as error:
            reporter.state(RunState.FAILED, Message("training.memory"))
            raise MemoryError from error


def give_way() -> None:
    """Let every other program on the machine go first: a server beside this process must answer while a hand moves."""
    os.nice(LOW_PRIORITY)
    with suppress(
        OSError
    ):  # Linux weighs the processes of a session together where it groups them; then theirs counts, not ours
        Path("/proc/self/autogroup").write_text(str(LOW_PRIORITY), encoding="ascii")


def _follow(
    options: argparse.Namespace, settings: Settings, folder: Path, group: ProcessGroup, interrupts: Interrupts
) -> None:
    """What the processes beside rank 0 do: the same steps, and nothing that is written."""
    dataset = dataset_of(options, settings, folder)
    train, test = (require_dataset(settings, dataset, split) for split in SPLITS)
    trainer = prepare(options, dataset, train, test, folder, group)
    with interrupts.asking(trainer.stop):
        for _ in trainer.run():
            pass


def _lead(
    options: argparse.Namespace,
    settings: Settings,
    folder: Path,
    group: ProcessGroup,
    reporter: Reporter,
    interrupts: Interrupts,
    stop: StopRequest,
) -> None:
    reporter.state(RunState.RUNNING)
    dataset = dataset_of(options, settings, folder)
    train, test = (require_dataset(settings, dataset, split) for split in SPLITS)
    for line in (*train.skipped, *test.skipped):
        print(f"skipped {line}", file=sys.stderr)
    trainer = prepare(options, dataset, train, test, folder, group)
    trainer.about["pca_mse"] = known_pca_error(settings, trainer.config.network.latent_dim, train, test)
    with interrupts.asking(trainer.stop):
        for progress in trainer.run():
            reporter.progress(progress)
            if stop.made:
                trainer.stop()
    stop.close()
    if trainer.stopped:
        print(f"\nstopped after epoch {trainer.epoch}; go on with --resume", flush=True)
    reporter.state(RunState.MEASURING)
    out = (options.out or settings.models) / options.name
    card = export(trainer, out, train, test)
    message = "" if trainer.stopped else unlearnt(card["metrics"], train, test, trainer.config)
    reporter.state(RunState.STOPPED if trainer.stopped else RunState.FINISHED, message)
    print(json.dumps(card["metrics"], indent=2))
    print(f"model: {out}")
    if message:
        print(f"note: {message}", file=sys.stderr)

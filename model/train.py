"""`python -m model.train`: the training loop for the shell, for the Train page (which starts it as a process of its own) and under torchrun."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch

from model import distributed, feasibility
from model.config import RunConfig, Settings
from model.data import ImageDataset
from model.device import keep_memory
from model.distributed import Crew
from model.errors import CheckpointError, ConfigError, DataError, ExplorerError
from model.evaluate import require_dataset
from model.feasibility import Counts
from model.memory import be_killed_first
from model.options import configure, given, parse
from model.presets import PRESETS, command_line
from model.run_folder import RunState, report
from model.run_lock import StopRequest, hold
from model.trained import export, known_pca_error
from model.training import RUN, STATE, Progress, Trainer

STOPPED = 130  # as shells say of a program that Ctrl-C ended
REPORT_SECONDS = 0.5
LOW_PRIORITY = 10  # of 19
BAR = 24
OWN = {"en": "A model that was trained here.", "ko": "여기서 학습한 모델입니다."}
NO_MEMORY = "There is not enough memory for this run. Take a smaller batch size, or fewer images."


def check_name(name: str) -> str:
    """The name, if it is fit for a folder and a URL; else ConfigError."""
    if not name or len(name) > 64 or not all(c.isascii() and (c.isalnum() or c in "-_") for c in name):
        raise ConfigError(f"The name is {name!r}; take 1 to 64 letters, digits, '-' or '_'.")
    return name


def prepare(options: argparse.Namespace, train: ImageDataset, test: ImageDataset, folder: Path, crew: Crew) -> Trainer:
    """A new trainer, or with --resume the one that the folder holds. Raises CheckpointError, ConfigError, DataError."""
    data = {"train": train.fingerprint, "test": test.fingerprint}
    if options.resume:
        return _resumed(options, train, test, folder, data, crew)
    if (folder / RUN).exists():
        raise ConfigError(f"There is a run {options.name!r} already. Go on with --resume, or take another name.")
    config = configure(options)
    feasibility.check(config, Counts.of(train, test), crew.device)
    preset = None if options.config else options.preset or "default"
    return Trainer(config, train, test, folder, about={**describe(options.name, preset, config), "data": data}, crew=crew)


def _resumed(options: argparse.Namespace, train: ImageDataset, test: ImageDataset, folder: Path, data: Mapping[str, str], crew: Crew) -> Trainer:
    try:
        run = json.loads((folder / RUN).read_text(encoding="utf-8"))
        config, history, about = RunConfig.from_dict(run["config"]), list(run["history"]), dict(run.get("about", {}))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ConfigError) as error:
        raise CheckpointError(f"There is no run {options.name!r} to resume in {str(folder)!r} ({error}).") from error
    if about.get("data", data) != data:
        raise DataError(f"The run {options.name!r} was started with other images than these. Give the same folder with --data, or start a new run.")
    feasibility.check(config, Counts.of(train, test), crew.device)
    preset = about.get("preset") or (options.name if options.name in PRESETS else None)
    trainer = Trainer(config, train, test, folder, about={**describe(options.name, preset, config), **about, "data": data}, crew=crew)
    if history or (folder / STATE).exists():  # else it waited in a queue, and begins only now
        trainer.resume(history)
    return trainer


def describe(name: str, preset: str | None, config: RunConfig) -> dict[str, Any]:
    """How a run is called and described, and the command for others to repeat: where somebody's folders lie is nobody else's business."""
    known = PRESETS.get(preset or "")
    unchanged = known is not None and known.config == config
    own = not unchanged or name != preset  # a model with a name of its own is called by it
    return {
        "title": {language: name if own or known is None else known.title[language] for language in ("en", "ko")},
        "description": known.description if unchanged and known else OWN,
        "preset": preset,
        "command": command_line(name, preset or "default", config),
    }


class Reporter:
    """Tells the terminal and, through the run's status file, every page how far the run is."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.last, self.place = folder, 0.0, dict[str, Any]()

    def progress(self, progress: Progress) -> None:
        """A step or an epoch is done."""
        names = ("epoch", "epochs", "step", "steps", "images_per_second", "seconds", "seconds_left")
        self.place = {name: getattr(progress, name) for name in names}
        if progress.whole_epoch or time.monotonic() - self.last > REPORT_SECONDS:
            self.last = time.monotonic()
            self.state(RunState.RUNNING)
        show(progress)

    def state(self, state: RunState, message: str = "") -> None:
        """The run is in another state. A disk that is full must not end a run that could go on."""
        with suppress(OSError):
            report(self.folder, state, message, **self.place)


def show(progress: Progress) -> None:
    """A bar on a terminal, rewritten; one line an epoch elsewhere."""
    losses = "" if progress.test_mse is None else f"  train {progress.train_mse:.5f}  test {progress.test_mse:.5f}"
    epoch = progress.epoch + (0 if progress.whole_epoch else 1)
    rest = f"{losses}  {progress.images_per_second:,.0f} images/s  {_clock(progress.seconds_left)} left"
    if sys.stdout.isatty():
        full = round(BAR * progress.step / progress.steps)
        print(f"\r\033[K{epoch:>4}/{progress.epochs} {'█' * full}{'░' * (BAR - full)}{rest}", end="\n" if progress.whole_epoch else "", flush=True)
    elif progress.whole_epoch:
        print(f"epoch {epoch}/{progress.epochs}{rest}", flush=True)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"


def run(options: argparse.Namespace, crew: Crew) -> None:
    """Train and export. Raises ExplorerError, OSError; KeyboardInterrupt only where there is no model yet to leave behind."""
    settings = Settings.from_environment()
    settings = Settings(options.data or settings.data, settings.home)
    folder = settings.runs / check_name(options.name)
    if options.resume and (changes := given(options)):
        raise ConfigError(f"{', '.join(changes)} cannot stand beside --resume: a resumed run keeps its configuration.")
    if not crew.leads:
        return _follow(options, settings, folder, crew)
    if options.resume and not folder.is_dir():
        raise CheckpointError(f"There is no run {options.name!r} to resume in {str(folder)!r}.")
    with hold(folder) as stop:
        reporter = Reporter(folder)
        try:
            _lead(options, settings, folder, crew, reporter, stop)
        except KeyboardInterrupt:
            reporter.state(RunState.STOPPED)
            raise
        except (ExplorerError, OSError) as error:
            reporter.state(RunState.FAILED, str(error))
            raise
        except (torch.OutOfMemoryError, MemoryError) as error:
            reporter.state(RunState.FAILED, NO_MEMORY)
            raise MemoryError from error


def give_way() -> None:
    """Let every other program on the machine go first: a server beside this process must answer while a hand moves."""
    os.nice(LOW_PRIORITY)
    with suppress(OSError):  # Linux weighs the processes of a session together where it groups them; then theirs counts, not ours
        Path("/proc/self/autogroup").write_text(str(LOW_PRIORITY), encoding="ascii")


def _follow(options: argparse.Namespace, settings: Settings, folder: Path, crew: Crew) -> None:
    """What the processes beside the leading one do: the same steps, and nothing that is written."""
    train, test = (require_dataset(settings, split) for split in ("train", "test"))
    for _ in prepare(options, train, test, folder, crew).run():
        pass


def _lead(
    options: argparse.Namespace,
    settings: Settings,
    folder: Path,
    crew: Crew,
    reporter: Reporter,
    stop: StopRequest,
) -> None:
    reporter.state(RunState.RUNNING)
    train, test = (require_dataset(settings, split) for split in ("train", "test"))
    for line in (*train.skipped, *test.skipped):
        print(f"skipped {line}", file=sys.stderr)
    trainer, end = prepare(options, train, test, folder, crew), RunState.FINISHED
    trainer.about["pca_mse"] = known_pca_error(settings, trainer.config.network.latent_dim, train, test)
    try:
        for progress in trainer.run():
            reporter.progress(progress)
            if stop.made:
                raise KeyboardInterrupt
        stop.close()
    except KeyboardInterrupt:
        stop.close()
        if not (folder / STATE).exists():
            raise
        end = RunState.STOPPED
        print(f"\nstopped in epoch {trainer.epoch + 1}; go on with --resume", flush=True)
        trainer.resume(json.loads((folder / RUN).read_text(encoding="utf-8"))["history"])
    reporter.state(RunState.MEASURING)
    out = (options.out or settings.models) / options.name
    card = export(trainer, out, train, test, settings.data.name if settings.data else "CIFAR-10")
    reporter.state(end)
    print(json.dumps(card["metrics"], indent=2))
    print(f"model: {out}")


def main(arguments: list[str] | None = None) -> int:
    """0 on success, 130 after Ctrl-C before the model was written, 1 with one sentence on standard error otherwise."""
    options = parse(arguments)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a script or server that ignores it would have us ignore "stop" too
    if options.background:
        give_way()
    be_killed_first()
    keep_memory()
    crew = distributed.join()
    try:
        run(options, crew)
    except KeyboardInterrupt:
        print("\nstopped before the model was written; go on with --resume", file=sys.stderr)
        return STOPPED
    except MemoryError:
        print(f"error: {NO_MEMORY}", file=sys.stderr)
        return 1
    except (ExplorerError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    finally:
        crew.leave()
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""`python -m model.estimate`: what a training will cost on this machine, as JSON: parameters, memory and time.

The time comes from real steps of the real trainer on noise, about a second of them; the test passes and the saving
between the epochs are in it, the loading of the images and the measurement of the finished model are not. On CUDA it is
an upper bound: the steps are timed before they are compiled. A training that cannot run is refused with a reason:
{"refusal": sentence, "reason": word, "cause": {id, field, values}}, exit code 1.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import psutil
import torch

from model.config import IMAGE_NUMBERS, IMAGE_SHAPE, RunConfig, Settings
from model.data import options as data_options
from model.data.dataset import ImageDataset
from model.device import best_device, keep_memory
from model.errors import ConfigError, ExplorerError
from model.presets import PRESETS
from model.runs.lock import is_alive
from model.training import feasibility, memory
from model.training.feasibility import Counts, RefusedError
from model.training.loop import Trainer
from model.training.options import read_config
from model.training.saving import EVALUATION_SHARE, SAVE_SECONDS

SECONDS = 1.0  # of steps that are timed
STEPS = range(4, 65)  # in an epoch of noise
NOISE = 20_000  # images of noise, where the batch allows
TEST_NOISE = 250
LOW_PRIORITY = 10  # of 19
LISTENING, BUSY = 0.2, 50.0  # seconds, per cent

Said = dict[str, Any]


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m model.estimate",
        description=__doc__,
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--preset", choices=list(PRESETS), help="configuration with a name")
    what.add_argument("--config", metavar="FILE", help="JSON file of a configuration; - reads it from standard input")
    data_options.add_options(parser, "the folder EXPLORER_DATA, else CIFAR-10")
    parser.add_argument("--home", type=Path, metavar="DIR", help="where training runs lie (default: EXPLORER_HOME)")
    parser.add_argument(
        "--background",
        action="store_true",
        help="run at low priority, so that a server on the same machine stays quick",
    )
    return parser.parse_args(arguments)


def estimate(config: RunConfig, settings: Settings, dataset: str) -> Said:
    """All that can be said of a training before it begins. Raises RefusedError."""
    counts, device = Counts.at(settings, dataset), best_device()
    encoder, decoder, _ = memory.empty_network(config, counts.classes)
    known: Said = {
        "encoder_parameters": encoder,
        "decoder_parameters": decoder,
        "code": [IMAGE_NUMBERS, config.network.latent_dim],
        "images": round(config.training.share * counts.train),
        "device": device.type,
        "busy": is_busy(settings),
    }
    try:
        known |= feasibility.requirements(config, counts, device)
    except RefusedError as error:
        raise RefusedError(error.message, error.reason, known | error.known) from error
    return known | _time(config, known["images"], counts.test, counts.classes, device)


def is_busy(settings: Settings) -> bool:
    """Whether a training of this home is running now, or anything else takes more than half of the processors."""
    try:
        alive = any(is_alive(folder) for folder in settings.runs.iterdir() if folder.is_dir())
    except OSError:
        alive = False
    return alive or psutil.cpu_percent(LISTENING) > BUSY


def _time(config: RunConfig, images: int, test: int, classes: int, device: torch.device) -> Said:
    batch = config.training.batch_size
    with tempfile.TemporaryDirectory() as folder:
        step, look, save = _measure(config, classes, device, test, Path(folder))
    steps = images // batch * step
    epoch = steps + min(look, EVALUATION_SHARE * steps) + save * min(1, steps / SAVE_SECONDS)
    return {"images_per_second": batch / step, "seconds_per_epoch": epoch, "seconds": config.training.epochs * epoch}


def _measure(
    config: RunConfig, classes: int, device: torch.device, test: int, folder: Path
) -> tuple[float, float, float]:
    """Seconds of a step, of a look at `test` test images, and of saving the state."""
    batch = config.training.batch_size
    steps = min(max(NOISE // batch, STEPS.start), STEPS.stop - 1)
    real = replace(config.training, share=1.0, epochs=10_000)  # the measurement ends it
    trainer = Trainer(
        replace(config, training=real),
        _noise(steps * batch, classes),
        _noise(min(test, TEST_NOISE), classes),
        folder,
        device,
    )
    trainer.steps.objective = getattr(
        trainer.steps.objective, "_orig_mod", trainer.steps.objective
    )  # compiling takes longer than anyone waits for an estimate
    step = _step(trainer, device)
    look = _timed(trainer.test_mse, device) * test / len(trainer.evaluator.images)
    return step, look, _timed(trainer.save, device)


def _step(trainer: Trainer, device: torch.device) -> float:
    """Seconds: the median of those that fit into the time, at least one; the first is slow and does not count, nor does
    an epoch's end.
    """
    events, seen = trainer.run(report_every=1), list[float]()
    next(events)
    now = start = _now(device)
    while now - start < SECONDS or not seen:
        before, event = now, next(events)
        now = _now(device)
        if not event.whole_epoch:
            seen.append(now - before)
    return median(seen)


def _timed(work: Callable[[], object], device: torch.device) -> float:
    start = _now(device)
    work()
    return _now(device) - start


def _now(device: torch.device) -> float:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter()


def _noise(count: int, classes: int) -> ImageDataset:
    rng = np.random.default_rng(0)
    names = tuple(map(str, range(classes)))
    return ImageDataset(
        rng.integers(0, 256, (count, *IMAGE_SHAPE), np.uint8), (np.arange(count) % classes).astype(np.uint8), names
    )


def _read(options: argparse.Namespace) -> RunConfig:
    if options.preset:
        return PRESETS[options.preset].config
    if options.config != "-":
        return read_config(Path(options.config))
    try:
        return RunConfig.from_dict(json.load(sys.stdin))
    except (ValueError, RecursionError) as error:
        raise ConfigError("config.json", reason=error) from error


def main(arguments: list[str] | None = None) -> int:
    """Print JSON; 0 for an estimate, 1 for a refusal."""
    options = parse(arguments)
    if options.background:
        os.nice(LOW_PRIORITY)
    memory.be_killed_first()
    keep_memory()
    settings = Settings.from_environment()
    settings = data_options.with_folder(options, replace(settings, home=options.home or settings.home))
    try:
        print(json.dumps(estimate(_read(options), settings, data_options.chosen(options, settings)), indent=2))
    except RefusedError as refused:
        print(json.dumps(refused.known | _said(refused, refused.reason), indent=2))
        return 1
    except ExplorerError as error:
        print(json.dumps(_said(error, "configuration"), indent=2))
        return 1
    return 0


def _said(error: ExplorerError, reason: str) -> Said:
    return {"refusal": str(error), "reason": reason, "cause": error.message.to_dict()}


if __name__ == "__main__":
    sys.exit(main())

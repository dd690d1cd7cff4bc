"""What a training on few images costs beside its arithmetic: the whole run, states, film and tests included, against
its steps alone.

scikit-learn's handwritten digits, enlarged to 32 x 32: 1,497 images to learn from, so that an epoch of the default
network is 11 steps.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median

import numpy as np
import torch
from sklearn.datasets import load_digits

from benchmarks.report import Row, Target
from model.config import IMAGE_SHAPE, RunConfig
from model.data.dataset import ImageDataset
from model.training.loop import Trainer

TEST = 300  # of the 1,797 digits
GREY_LEVELS = 16
TURNS = 3
Spent = tuple[float, float]  # seconds, and seconds of the processors


def measure(config: RunConfig, seconds: float, on: str) -> list[Row]:
    """Whole runs beside the same steps with nothing between them, in turns, each for about `seconds`, on the hardware
    `on`.
    """
    train, test = digits()
    epochs = max(4, round(seconds / (_steps(config, train, test, 2)[0] / 2)))
    config = replace(config, training=replace(config.training, epochs=epochs))
    pairs = [(_run(config, train, test), _steps(config, train, test, epochs)) for _ in range(TURNS)]
    said = f"{len(train):,} images, {epochs} epochs"
    return [
        Row(f"{said}: whole run against its arithmetic; {on}", _ratio(pairs, 0), "times", TURNS, Target(1.3)),
        Row("... the same in seconds of the processors, whoever else uses them", _ratio(pairs, 1), "times", TURNS),
        Row("an epoch of the whole run", 1000 * median(run[0] for run, _ in pairs) / epochs, "ms", TURNS),
    ]


def _ratio(pairs: list[tuple[Spent, Spent]], kind: int) -> float:
    return median(run[kind] / steps[kind] for run, steps in pairs)


def digits() -> tuple[ImageDataset, ImageDataset]:
    """1,497 training and 300 test images."""
    found = load_digits()
    grey = np.rint(found.images * (255 / GREY_LEVELS)).astype(np.uint8)  # (n, 8, 8)
    scale = IMAGE_SHAPE[1] // grey.shape[1]
    images = np.repeat(grey.repeat(scale, 1).repeat(scale, 2)[:, None], IMAGE_SHAPE[0], axis=1)  # (n, 3, 32, 32)
    whole = ImageDataset(images, found.target.astype(np.uint8), tuple(map(str, range(10))))
    parts = np.split(np.random.default_rng(0).permutation(len(whole)), [len(whole) - TEST])
    train, test = (ImageDataset(images[part], whole.labels[part], whole.classes) for part in parts)
    return train, test


def _run(config: RunConfig, train: ImageDataset, test: ImageDataset) -> Spent:
    """A run from its first step to its last state on the disk."""

    def work(trainer: Trainer) -> None:
        for _ in trainer.run():
            pass

    return _timed(config, train, test, work)


def _steps(config: RunConfig, train: ImageDataset, test: ImageDataset, epochs: int) -> Spent:
    """As many steps as that run makes."""

    def work(trainer: Trainer) -> None:
        total = torch.zeros(2, device=trainer.device)
        for epoch in range(epochs):
            for _ in trainer.steps.of_epoch(epoch, total):
                pass
            total.tolist()  # waits for the device

    return _timed(config, train, test, work)


def _timed(config: RunConfig, train: ImageDataset, test: ImageDataset, work: Callable[[Trainer], None]) -> Spent:
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(config, train, test, Path(folder))
        start, taken = time.perf_counter(), time.process_time()
        work(trainer)
        return time.perf_counter() - start, time.process_time() - taken

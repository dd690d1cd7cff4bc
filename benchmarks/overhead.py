"""What a training on few images costs beside its arithmetic: the whole run, states, film and tests included, against its steps alone.

scikit-learn's handwritten digits, enlarged to 32 x 32: 1,497 images to learn from, so that an epoch of the default network is 11 steps.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import replace
from pathlib import Path
from statistics import median

import numpy as np
import torch
from sklearn.datasets import load_digits

from benchmarks.report import Row, Target
from model.config import IMAGE_SHAPE, RunConfig
from model.data import ImageDataset
from model.training import Trainer

TEST = 300  # of the 1,797 digits
GREY_LEVELS = 16
TURNS = 3


def measure(config: RunConfig, seconds: float) -> list[Row]:
    """The ratio of whole runs to the same steps without anything beside them, in turns; epochs for about `seconds` in each turn."""
    train, test = digits()
    each = _seconds_of_steps(config, train, test, 2) / 2
    epochs = max(4, round(seconds / TURNS / each))
    config = replace(config, training=replace(config.training, epochs=epochs))
    pairs = [(_seconds_of_run(config, train, test), _seconds_of_steps(config, train, test, epochs)) for _ in range(TURNS)]
    ratio = median(whole / steps for whole, steps in pairs)
    whole, steps = (median(column) / epochs for column in zip(*pairs, strict=True))
    said = f"{len(train):,} images, {epochs} epochs"
    return [
        Row(f"{said}: whole run against its arithmetic", ratio, "times", TURNS, Target(1.3)),
        Row(f"{said}: an epoch of the whole run", 1000 * whole, "ms", TURNS),
        Row(f"{said}: the steps of an epoch alone", 1000 * steps, "ms", TURNS),
    ]


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


def _seconds_of_run(config: RunConfig, train: ImageDataset, test: ImageDataset) -> float:
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(config, train, test, Path(folder))
        start = time.perf_counter()
        for _ in trainer.run():
            pass
        return time.perf_counter() - start


def _seconds_of_steps(config: RunConfig, train: ImageDataset, test: ImageDataset, epochs: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(config, train, test, Path(folder))
        total = torch.zeros(2, device=trainer.device)
        start = time.perf_counter()
        for _ in range(epochs):
            for _ in trainer.steps(total):
                pass
            total.tolist()  # waits for the device
        return time.perf_counter() - start

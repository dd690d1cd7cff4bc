"""Training images a second: `model.training.Trainer` beside the loop of a tutorial and beside pythae's, same network,
batch size and images.

The tutorial's loop keeps the images as PIL pictures behind a DataLoader (2 workers, shuffled) with torchvision's
RandomHorizontalFlip and ToTensor, and takes float32 steps of AdamW on the mean squared error. Pythae's trainer has all
of them as one float tensor, as its users do, our networks in its autoencoder, and its own loop, optimiser step,
callbacks and progress bar; it does not mirror images. Our trainer has the whole set as one uint8 tensor, mirrors whole
batches and picks its own precision, as in any of its runs. They take turns in one process; n is the number of turns,
the numbers are medians. What ends an epoch (tests, copies, saving) is counted for none. Real images with --data or
EXPLORER_DATA, else noise of the same size: the arithmetic does not depend on what is seen. Where a step's time goes is
told by step.py.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Generator
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from statistics import mean, median

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms import v2

from benchmarks import overhead
from benchmarks.options import Options
from benchmarks.peak import peak_flops, step_flops
from benchmarks.pythae_loop import pythae_steps
from benchmarks.report import Row, Target
from model.checkpoint import read_card
from model.config import IMAGE_SHAPE, RunConfig
from model.data.dataset import ImageDataset
from model.data.folder import load_folder
from model.device import abilities, best_device, keep_memory
from model.networks import Autoencoder
from model.training.loop import Trainer

TITLE = "training: images a second"
TURNS = 5
WORKERS = 2
PREFETCHED = 2 * WORKERS  # batches that lie ready when a turn begins
SYNTHETIC = 20_000
Steps = Generator[bool]  # one step at each `next`: whether it counts
EPOCHS = 10_000  # more than anyone waits for: the measurement ends it


class Pictures(Dataset[Tensor]):
    """A data set as tutorials write it."""

    def __init__(self, images: np.ndarray) -> None:
        self.pictures = [Image.fromarray(image) for image in images.transpose(0, 2, 3, 1)]
        self.transform = v2.Compose([v2.RandomHorizontalFlip(), v2.ToImage(), v2.ToDtype(torch.float32, scale=True)])

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, index: int) -> Tensor:
        return self.transform(self.pictures[index])


def measure(options: Options) -> list[Row]:
    """The speeds, our own beside the faster of the others, and how much of the machine's arithmetic is used."""
    config = RunConfig.from_dict(read_card(options.folder)["config"])
    config = replace(config, training=replace(config.training, epochs=EPOCHS))
    keep_memory()  # as `python -m model.train` does; the others have it too
    train, batch = training_images(options), config.training.batch_size
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(config, train, train.take(1000), Path(folder) / "ours")
        contestants = {
            "trainer": _trainer_steps(trainer),
            "plain": _plain_steps(config, train),
            "pythae": pythae_steps(config, train, Path(folder) / "pythae"),
        }
        speeds = _take_turns(contestants, batch, options.seconds / TURNS)
        for steps in contestants.values():
            steps.close()
    ours, plain, pythae = (median(speeds[name]) for name in ("trainer", "plain", "pythae"))
    kind, on_gpu = "real images" if options.data else "synthetic images", trainer.device.type == "cuda"
    on = abilities(trainer.device)
    return [
        Row(f"model.training, batches of {batch}, {kind}; {on}", ours, "images/s", TURNS),
        Row(f"plain loop, DataLoader with {WORKERS} workers and transforms; {on}", plain, "images/s", TURNS),
        Row(f"pythae {version('pythae')}, its own loop; {on}", pythae, "images/s", TURNS),
        Row(
            "times faster than the faster of the two", ours / max(plain, pythae), "", TURNS, Target(1.2, at_most=False)
        ),
        Row("times faster than the plain loop", ours / plain, "", TURNS, Target(10, at_most=False) if on_gpu else None),
        *_arithmetic(config, ours, trainer.device),
        *overhead.measure(config, options.seconds, on),
    ]


def _arithmetic(config: RunConfig, images_per_second: float, device: torch.device) -> list[Row]:
    peak, precision = peak_flops(config, device)
    used = step_flops(config) * images_per_second / config.training.batch_size
    return [
        Row(f"arithmetic of a step's matrix products, {precision}; {abilities(device)}", used / 1e9, "GFLOP/s", TURNS),
        Row(f"a large matrix product, {precision}; {abilities(device)}", peak / 1e9, "GFLOP/s", 1),
        Row("share of that", used / peak, "", 1),
    ]


def training_images(options: Options) -> ImageDataset:
    """Real images, or noise of their size."""
    if options.data:
        return load_folder(options.data, "train").take(SYNTHETIC)
    rng = np.random.default_rng(0)
    return ImageDataset(
        rng.integers(0, 256, (SYNTHETIC, *IMAGE_SHAPE), np.uint8), np.zeros(SYNTHETIC, np.uint8), ("noise",)
    )


def _take_turns(contestants: dict[str, Steps], batch: int, seconds: float) -> dict[str, list[float]]:
    """Images a second of each contestant in each turn; the first steps of a turn are not counted."""
    speeds: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(TURNS):
        for name, steps in contestants.items():
            for _ in range(PREFETCHED + 1):
                next(steps)
            speeds[name].append(batch / mean(_durations(steps, seconds)))
            time.sleep(0.5)  # the workers fill their queue, then rest
    return speeds


def _durations(steps: Steps, seconds: float) -> list[float]:
    """Seconds of each step that counts, taken for `seconds`."""
    counted: list[float] = []
    now = start = time.perf_counter()
    while now - start < seconds or not counted:
        before, counts = now, next(steps)
        now = time.perf_counter()
        if counts:
            counted.append(now - before)
    return counted


def _trainer_steps(trainer: Trainer) -> Steps:
    """Whether each was a step only: an epoch's last comes with the test and the saving, which the reference has not."""
    for progress in trainer.run(report_every=1):
        yield not progress.whole_epoch


def _plain_steps(config: RunConfig, train: ImageDataset) -> Steps:
    device = best_device()
    autoencoder = Autoencoder(config.network).to(device).train()
    optimiser = torch.optim.AdamW(
        autoencoder.parameters(), lr=config.training.learning_rate, weight_decay=config.training.weight_decay
    )
    loader = DataLoader(
        Pictures(train.images),
        config.training.batch_size,
        shuffle=True,
        num_workers=WORKERS,
        drop_last=True,
        persistent_workers=True,
    )
    while True:
        for images in loader:
            images = images.to(device)
            loss = nn.functional.mse_loss(autoencoder(images), images)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            loss.item()
            yield True

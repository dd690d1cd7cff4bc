"""The training loop, as a stream of progress events. It can stop at any moment and go on from its last epoch.

Epoch e draws its order, its augmentation and its noise from a generator seeded by (seed, e), and the learning rate is a
function of the step alone: weights and optimiser moments are all that a resumed run needs to end with the same weights.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from model.augmentation import augment
from model.checkpoint import load_tensors, load_weights, save_tensors
from model.config import RunConfig, TrainingConfig
from model.data import ImageDataset
from model.device import autocast, best_device
from model.errors import CheckpointError, ConfigError, TrainingError
from model.files import write_json
from model.networks import Autoencoder
from model.objectives import corrupt, objective
from model.pca import fit_pca

STATE, RUN = "state.safetensors", "run.json"
TEST_BATCH = 1000


@dataclass(frozen=True)
class Progress:
    """Where a run stands. Losses are those of the last whole epoch, None before the first."""

    epoch: int
    epochs: int
    step: int
    steps: int
    train_loss: float | None
    test_mse: float | None
    images_per_second: float
    seconds: float
    seconds_left: float

    @property
    def whole_epoch(self) -> bool:
        """Whether this event closes an epoch: its state is on the disk."""
        return self.step == self.steps


def learning_rate(step: int, steps: int, config: TrainingConfig) -> float:
    """One cycle (Smith 2018): a linear rise over the share `warmup`, then half a cosine down to 0."""
    rise = config.warmup * steps
    if step < rise:
        return config.learning_rate * (step + 1) / (rise + 1)
    return config.learning_rate * 0.5 * (1 + math.cos(math.pi * (step - rise) / max(1.0, steps - rise)))


class Trainer:
    """One run: network, optimiser and data on one device, its state below `folder`.

    Raises ConfigError if the data set is smaller than a batch.
    """

    def __init__(self, config: RunConfig, train: ImageDataset, test: ImageDataset, folder: Path, device: torch.device | None = None,
                 about: Mapping[str, Any] | None = None) -> None:  # fmt: skip
        """`about` is kept in run.json beside the state: what whoever resumes the run has to know of it."""
        if len(train) < config.training.batch_size:
            raise ConfigError(f"batch_size is {config.training.batch_size}, but there are only {len(train)} training images.")
        self.config, self.folder, self.about = config, folder, dict(about or {})
        self.device = device or best_device()
        self.images = torch.from_numpy(train.images).to(self.device)  # uint8 (n, 3, 32, 32)
        self.test_images = torch.from_numpy(test.images).to(self.device)
        self.autoencoder = self._build_network()
        self.optimiser = _build_optimiser(self.autoencoder, config.training)
        self.epoch = 0
        self.history: list[dict[str, float]] = []

    def _build_network(self) -> Autoencoder:
        torch.manual_seed(self.config.training.seed)
        autoencoder = Autoencoder(self.config.network)
        if self.config.network.linear_skip:
            pca = fit_pca(self.images, self.config.network.latent_dim)
            autoencoder.start_from_pca(pca.mean.cpu(), pca.components.cpu(), pca.deviations.cpu())
        return autoencoder.to(self.device).to(memory_format=torch.channels_last)

    @property
    def seconds(self) -> float:
        """Seconds of training up to the last whole epoch, interruptions left out."""
        return self.history[-1]["seconds"] if self.history else 0.0

    @property
    def _steps_per_epoch(self) -> int:
        return len(self.images) // self.config.training.batch_size

    def run(self, report_every: int = 20) -> Iterator[Progress]:
        """Train to the last epoch; an event every `report_every` steps and at each epoch's end, when the state is saved.

        Raises TrainingError if the loss is not finite or memory runs out, OSError if the disk is full; the state
        of the last whole epoch stays on the disk.
        """
        first, start, steps = self.epoch, time.perf_counter(), self._steps_per_epoch
        before = self.seconds
        if self.epoch == 0:
            self.save()
        while self.epoch < self.config.training.epochs:
            total = torch.zeros((), device=self.device)
            for step in self._epoch(total):
                if step % report_every == 0 and step < steps:
                    yield self._progress(first, step, start)
            self._close_epoch(total.item() / steps, lambda: before + time.perf_counter() - start)
            yield self._progress(first, steps, start)

    def _epoch(self, total: Tensor) -> Iterator[int]:
        training, device = self.config.training, self.device
        generator = torch.Generator(device).manual_seed(training.seed * 1_000_003 + self.epoch)
        order = torch.randperm(len(self.images), generator=generator, device=device)
        self.autoencoder.train()
        for step in range(self._steps_per_epoch):
            chosen = order[step * training.batch_size : (step + 1) * training.batch_size]
            self._set_learning_rate(self.epoch * self._steps_per_epoch + step)
            try:
                total += self._step(self.images[chosen], generator)
            except torch.OutOfMemoryError as error:
                raise TrainingError(f"The {device.type} ran out of memory with batch_size {training.batch_size}; halve it.") from error
            yield step + 1

    def _step(self, pixels: Tensor, generator: torch.Generator) -> Tensor:
        images = augment(pixels.float() / 255, self.config.training, generator).contiguous(memory_format=torch.channels_last)
        with autocast(self.config.training.precision, self.device):
            latents = self.autoencoder.encode(corrupt(images, self.config.objective.noise, generator))
            output = self.autoencoder.decode_raw(latents)
        loss = objective(output, latents, images, self.config.objective)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.optimiser.step()
        return loss.detach()

    def _set_learning_rate(self, step: int) -> None:
        rate = learning_rate(step, self._steps_per_epoch * self.config.training.epochs, self.config.training)
        for group in self.optimiser.param_groups:
            group["lr"] = rate

    def _close_epoch(self, train_loss: float, clock: Callable[[], float]) -> None:
        if not math.isfinite(train_loss):
            raise TrainingError(f"The loss became {train_loss} in epoch {self.epoch + 1}. Lower the learning rate ({self.config.training.learning_rate}).")
        self.epoch += 1
        entry = {"epoch": self.epoch, "train_loss": train_loss, "test_mse": self.test_mse(), "seconds": round(clock(), 1)}
        self.history.append(entry)
        self.save()

    def _progress(self, first: int, step: int, start: float) -> Progress:
        epochs, steps, seconds = self.config.training.epochs, self._steps_per_epoch, time.perf_counter() - start
        done = (self.epoch - first - (step == steps)) * steps + step
        left = ((epochs - first) * steps - done) * seconds / max(1, done)
        last = self.history[-1] if self.history else {}
        return Progress(self.epoch, epochs, step, steps, last.get("train_loss"), last.get("test_mse"),
                        done * self.config.training.batch_size / seconds, seconds, left)  # fmt: skip

    @torch.inference_mode()
    def test_mse(self) -> float:
        """Mean squared error per channel on the test images, in the run's precision."""
        self.autoencoder.eval()
        total = torch.zeros((), device=self.device)
        for pixels in self.test_images.split(TEST_BATCH):
            images = pixels.float() / 255
            with autocast(self.config.training.precision, self.device):
                output = self.autoencoder(images)
            total += (output.float().clamp(0, 1) - images).square().sum()
        return total.item() / self.test_images.numel()

    def save(self) -> None:
        """Write everything that is needed to go on. Raises OSError."""
        tensors = {f"model.{name}": tensor for name, tensor in self.autoencoder.state_dict().items()}
        for index, moments in self.optimiser.state_dict()["state"].items():
            tensors |= {f"optimiser.{index}.{name}": torch.as_tensor(value) for name, value in moments.items()}
        tensors["epoch"] = torch.tensor(self.epoch)
        save_tensors(self.folder / STATE, tensors)
        write_json(self.folder / RUN, {"config": self.config.to_dict(), "epoch": self.epoch, "history": self.history, "about": self.about})

    def resume(self, history: list[dict[str, float]]) -> None:
        """Go on from the state on the disk. Raises CheckpointError if it is damaged or of another network."""
        tensors = load_tensors(self.folder / STATE)
        try:
            self.epoch = int(tensors.pop("epoch"))
        except KeyError as error:
            raise CheckpointError(f"{str(self.folder / STATE)!r} is no training state: it has no epoch.") from error
        load_weights(self.autoencoder, {n.removeprefix("model."): t for n, t in tensors.items() if n.startswith("model.")})
        state = self.optimiser.state_dict()
        parameters = [p for group in self.optimiser.param_groups for p in group["params"]]
        for name, tensor in tensors.items():
            if name.startswith("optimiser."):
                _, index, key = name.split(".")
                state["state"].setdefault(int(index), {})[key] = _laid_out_like(parameters[int(index)], tensor)
        self.optimiser.load_state_dict(state)
        self.history = history[: self.epoch]


def _laid_out_like(parameter: Tensor, moment: Tensor) -> Tensor:
    """The fused optimiser walks raw memory: moments must lie as their parameter does (channels-last)."""
    return torch.empty_like(parameter).copy_(moment) if moment.shape == parameter.shape else moment


def _build_optimiser(autoencoder: Autoencoder, config: TrainingConfig) -> torch.optim.Optimizer:
    matrices = [p for p in autoencoder.parameters() if p.ndim > 1]
    vectors = [p for p in autoencoder.parameters() if p.ndim <= 1]  # biases and norms are not decayed
    groups = [{"params": matrices, "weight_decay": config.weight_decay}, {"params": vectors, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=config.learning_rate, betas=(0.9, 0.99), fused=True)

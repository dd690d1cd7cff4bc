"""The training loop, as a stream of progress events. It can stop at any moment and go on from its last epoch.

Epoch e draws its order, its augmentation and its noise from a generator seeded by (seed, e), and the learning rate is a
function of the step alone: weights and optimiser moments are all that a resumed run needs to end with the same weights.
Under torchrun every process runs this loop on its part of each batch (see distributed.py).
"""

from __future__ import annotations

import math
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from model import film
from model.augmentation import augment
from model.config import NetworkConfig, RunConfig, TrainingConfig
from model.data import ImageDataset
from model.device import autocast, best_device
from model.distributed import Crew
from model.errors import CheckpointError, ConfigError, TrainingError
from model.files import write_json
from model.latents import LatentMap
from model.networks import Autoencoder
from model.objectives import Objective, corrupt
from model.pca import fit_pca
from model.training_state import read_state, write_state

STATE, RUN, FILM = "state.safetensors", "run.json", "film"
TEST_BATCH = 1000
FILM_SAMPLES = 10_000
ROW = 10  # test images whose reconstructions are kept with each epoch
FULL_MEMORY = ("out of memory", "can't allocate memory", "not enough memory")


@dataclass(frozen=True)
class Progress:
    """Where a run stands. Losses are those of the last whole epoch, None before the first."""

    epoch: int
    epochs: int
    step: int
    steps: int
    train_mse: float | None
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
                 about: Mapping[str, Any] | None = None, crew: Crew | None = None) -> None:  # fmt: skip
        """`about` is kept in run.json beside the state: what whoever resumes the run has to know of it."""
        train = train.take(round(config.training.share * len(train)))
        if len(train) < config.training.batch_size:
            raise ConfigError(f"batch_size is {config.training.batch_size}, but there are only {len(train)} training images.")
        self.config, self.folder, self.about = config, folder, dict(about or {})
        self.crew = crew or Crew(device or best_device())
        self.device = self.crew.device
        self.part = self.crew.part(config.training.batch_size)
        self.images = torch.from_numpy(train.images).to(self.device)  # uint8 (n, 3, 32, 32)
        self.labels = torch.from_numpy(train.labels).to(self.device).long()
        self.test, self.test_images = test, torch.from_numpy(test.images).to(self.device)
        self.layout = _layout(config.network)
        self.autoencoder = self._build_network()
        objective = Objective(self.autoencoder, config.objective, len(train.classes)).to(self.device)
        self.guide = objective.guide
        self.objective = _compiled(self.crew.share(objective), self.device)
        self.optimiser = _build_optimiser(objective, config.training)
        self.epoch = 0
        self.history: list[dict[str, float]] = []

    def _build_network(self) -> Autoencoder:
        torch.manual_seed(self.config.training.seed)
        autoencoder = Autoencoder(self.config.network)
        if self.config.network.linear_skip:
            pca = fit_pca(self.images, self.config.network.latent_dim)
            autoencoder.start_from_pca(pca.mean.cpu(), pca.components.cpu(), pca.deviations.cpu())
        return autoencoder.to(self.device).to(memory_format=self.layout)

    @property
    def seconds(self) -> float:
        """Seconds of training up to the last whole epoch, interruptions left out."""
        return self.history[-1].get("seconds", 0.0) if self.history else 0.0

    @property
    def _steps_per_epoch(self) -> int:
        return len(self.images) // self.config.training.batch_size

    def run(self, report_every: int = 20) -> Iterator[Progress]:
        """Train to the last epoch; an event every `report_every` steps and at each epoch's end, when the state is saved.

        Raises TrainingError if the loss is not finite, memory runs out or the disk is full; the state of the last whole
        epoch stays on the disk.
        """
        first, start, steps = self.epoch, time.perf_counter(), self._steps_per_epoch
        before = self.seconds
        if self.epoch == 0:
            self._record()
        while self.epoch < self.config.training.epochs:
            total = torch.zeros(2, device=self.device)
            for step in self._epoch(total):
                if step % report_every == 0 and step < steps:
                    yield self._progress(first, step, start)
            self._close_epoch(self.crew.mean(total / steps).tolist(), lambda: before + time.perf_counter() - start)
            yield self._progress(first, steps, start)

    def _epoch(self, total: Tensor) -> Iterator[int]:
        training, device = self.config.training, self.device
        generator = torch.Generator(device).manual_seed(training.seed * 1_000_003 + self.epoch)
        order = torch.randperm(len(self.images), generator=generator, device=device)
        self.objective.train()
        for step in range(self._steps_per_epoch):
            chosen = order[step * training.batch_size : (step + 1) * training.batch_size]
            self._set_learning_rate(self.epoch * self._steps_per_epoch + step)
            try:
                total += self._step(chosen, generator)
            except RuntimeError as error:
                if any(words in str(error) for words in FULL_MEMORY):
                    raise TrainingError(f"The {device.type} ran out of memory with batch_size {training.batch_size}; halve it.") from error
                raise
            yield step + 1

    def _step(self, chosen: Tensor, generator: torch.Generator) -> Tensor:
        """One step on the images `chosen` (n,); the loss and the squared error, (2,). All draws are for the whole batch, in every process."""
        images = augment(self.images[chosen].float() / 255, self.config.training, generator).contiguous(memory_format=self.layout)
        inputs = corrupt(images, self.config.objective, generator)
        noise = images.new_empty(0)
        if self.config.network.variational:
            noise = torch.randn(len(chosen), self.config.network.latent_dim, generator=generator, device=self.device)[self.part]
        with autocast(self.config.training.precision, self.device):
            loss, error = self.objective(inputs[self.part], images[self.part], self.labels[chosen[self.part]], noise)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.optimiser.step()
        return torch.stack([loss.detach(), error])

    def _set_learning_rate(self, step: int) -> None:
        rate = learning_rate(step, self._steps_per_epoch * self.config.training.epochs, self.config.training)
        for group in self.optimiser.param_groups:
            group["lr"] = rate

    def _close_epoch(self, losses: list[float], clock: Callable[[], float]) -> None:
        loss, error = losses
        if not math.isfinite(loss):
            raise TrainingError(f"The loss became {loss} in epoch {self.epoch + 1}. Lower the learning rate ({self.config.training.learning_rate}).")
        self.epoch += 1
        self.history.append({"epoch": self.epoch, "train_loss": loss, "train_mse": error})
        self._record(clock)

    def _record(self, clock: Callable[[], float] | None = None) -> None:
        """Measure, and write a picture of the latent space, then everything that is needed to go on."""
        if not self.crew.leads:
            return
        mse, latents = self._look()
        if clock is not None:
            self.history[-1] |= {"test_mse": mse, "seconds": round(clock(), 1)}
        try:
            self._film(latents)
            self.save()
        except OSError as error:
            raise TrainingError(f"Epoch {self.epoch} could not be kept in {str(self.folder)!r} ({error.strerror or error}). "
                                "Make room there and resume: the epochs before it are kept.") from error  # fmt: skip

    def _progress(self, first: int, step: int, start: float) -> Progress:
        epochs, steps, seconds = self.config.training.epochs, self._steps_per_epoch, time.perf_counter() - start
        done = (self.epoch - first - (step == steps)) * steps + step
        left = ((epochs - first) * steps - done) * seconds / max(1, done)
        last = self.history[-1] if self.history else {}
        return Progress(self.epoch, epochs, step, steps, last.get("train_mse"), last.get("test_mse"),
                        done * self.config.training.batch_size / seconds, seconds, left)  # fmt: skip

    def test_mse(self) -> float:
        """Mean squared error per channel on the test images, in the run's precision."""
        return self._look()[0]

    @torch.inference_mode()
    def _look(self) -> tuple[float, Tensor]:
        """The test images' mean squared error and latents (n, d)."""
        self.autoencoder.eval()
        total, latents = torch.zeros((), device=self.device), []
        for pixels in self.test_images.split(TEST_BATCH):
            images = pixels.float() / 255
            with autocast(self.config.training.precision, self.device):
                latents.append(self.autoencoder.encode(images).float())
                output = self.autoencoder.decode_raw(latents[-1])
            total += (output.float().clamp(0, 1) - images).square().sum()
        return total.item() / self.test_images.numel(), torch.cat(latents)

    def _film(self, latents: Tensor) -> None:
        """Keep this epoch's picture of the latent space, and the reconstructions of a fixed row of test images. Raises OSError."""
        folder, row = self.folder / FILM, one_of_each(self.test.labels)
        samples = film_samples(len(self.test))
        if self.epoch == 0:
            shutil.rmtree(folder, ignore_errors=True)
            originals = self.test.images[row].transpose(0, 2, 3, 1)  # (k, 32, 32, 3)
            film.write_subject(folder, self.test.labels[samples], samples, self.test.classes, row, originals)
        chosen = latents.cpu().numpy()
        if not np.isfinite(chosen).all():
            raise TrainingError(f"The latents became infinite in epoch {self.epoch}. Lower the learning rate ({self.config.training.learning_rate}).")
        with torch.inference_mode():
            pictures = self.autoencoder.decode(latents[torch.from_numpy(row).to(self.device)]).mul(255).add(0.5).to(torch.uint8)
        points = LatentMap.of(chosen[samples], self.test.labels[samples]).points
        film.write_frame(folder, self.epoch, points, pictures.permute(0, 2, 3, 1).cpu().numpy())

    def save(self) -> None:
        """Write everything that is needed to go on. Raises OSError."""
        # The story first: a process that ends between the two leaves one that is too long, which `resume` cuts, never one that is too short.
        self._tell()
        write_state(self.folder / STATE, self.epoch, self._modules, self.optimiser)

    def _tell(self) -> None:
        write_json(self.folder / RUN, {"config": self.config.to_dict(), "epoch": self.epoch, "history": self.history, "about": self.about})

    def resume(self, history: list[dict[str, float]]) -> None:
        """Go on from the state on the disk, and forget what came after it. Raises OSError, and CheckpointError if it is damaged or of another network."""
        self.epoch = read_state(self.folder / STATE, self._modules, self.optimiser)
        if len(history) < self.epoch:
            raise CheckpointError(f"{str(self.folder / RUN)!r} tells of {len(history)} epochs, its state is of epoch {self.epoch}.")
        self.history = history[: self.epoch]
        if self.crew.leads:
            film.forget_after(self.folder / FILM, self.epoch)
            if len(history) > self.epoch:
                self._tell()

    @property
    def _modules(self) -> dict[str, nn.Module]:
        return {"model": self.autoencoder} | ({"guide": self.guide} if self.guide is not None else {})


def film_samples(count: int) -> NDArray[np.int64]:
    """The test images that a film shows: all of them, or as many as it can carry, evenly spread."""
    return np.linspace(0, count - 1, min(FILM_SAMPLES, count), dtype=np.int64)


def one_of_each(labels: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The first test image of each of the first ten classes; with fewer classes, the next images of them too."""
    firsts = np.unique(labels, return_index=True)[1][:ROW]
    rest = np.setdiff1d(np.arange(len(labels)), firsts)[: ROW - len(firsts)]
    return np.concatenate([firsts, rest]).astype(np.int64)


def _layout(config: NetworkConfig) -> torch.memory_format:
    """Convolutions want the channels last; fully connected networks would only copy everything there and back."""
    return torch.contiguous_format if config.encoder == config.decoder == "dense" else torch.channels_last


def _compiled(objective: nn.Module, device: torch.device) -> nn.Module:
    """`objective`, compiled where it pays and can be done: on CUDA, with a C compiler for the launchers at hand."""
    if device.type != "cuda" or not (shutil.which("cc") or shutil.which("gcc")):
        return objective
    return cast(nn.Module, torch.compile(objective))


def _build_optimiser(objective: nn.Module, config: TrainingConfig) -> torch.optim.Optimizer:
    matrices = [p for p in objective.parameters() if p.ndim > 1]
    vectors = [p for p in objective.parameters() if p.ndim <= 1]  # biases and norms are not decayed
    groups = [{"params": matrices, "weight_decay": config.weight_decay}, {"params": vectors, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=config.learning_rate, betas=(0.9, 0.99), fused=True)

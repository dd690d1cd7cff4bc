"""The steps of a run: what one batch does to the network, and how an epoch's batches are drawn.

Epoch e draws its order, its augmentation and its noise from a generator seeded by (seed, e), and the learning rate is a
function of the step alone: weights and optimiser moments are all that goes from one epoch to the next.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.profiler import record_function

from model.config import RunConfig
from model.data.dataset import ImageDataset
from model.device import autocast
from model.errors import ConfigError, DataError, TrainingError
from model.evaluation.pca import PCA, fit_pca
from model.images import to_unit
from model.networks import Autoencoder
from model.training.augmentation import augment
from model.training.objectives import Objective, corrupt
from model.training.optimisation import build_optimiser, compiled, learning_rate, memory_layout
from model.training.process_group import ProcessGroup

BATCH, FORWARD, BACKWARD = "batch", "forward", "backward"  # the parts of a step, as a profile names them
SAME = 1e-4  # of the range of a pixel: a standard deviation below it is rounding
FULL_MEMORY = ("out of memory", "can't allocate memory", "not enough memory")


class Steps:
    """Network, optimiser and images of one run on one device. Under torchrun every process takes its part of each
    batch (see process_group.py).

    Raises ConfigError if the data set is smaller than a batch.
    """

    def __init__(self, config: RunConfig, train: ImageDataset, group: ProcessGroup) -> None:
        train = train.take(round(config.training.share * len(train)))
        if len(train) < config.training.batch_size:
            raise ConfigError("training.batch", "batch_size", value=config.training.batch_size, images=len(train))
        self.config, self.device = config, group.device
        self.part = group.part(config.training.batch_size)
        self.images = torch.from_numpy(train.images).to(self.device)  # uint8 (n, 3, 32, 32)
        self.labels = torch.from_numpy(train.labels).to(self.device).long()
        self.layout = memory_layout(config.network)
        self.autoencoder = self._build_network()
        objective = Objective(self.autoencoder, config.objective, len(train.classes)).to(self.device)
        self.guide = objective.guide
        self.objective = compiled(group.wrap(objective), self.device)
        self.optimiser = build_optimiser(objective, config.training)

    def _build_network(self) -> Autoencoder:
        torch.manual_seed(self.config.training.seed)
        autoencoder = Autoencoder(self.config.network)
        if self.config.network.linear_skip:
            pca = fit_pca(self.images, self.config.network.latent_dim)
            _require_differences(pca)
            autoencoder.start_from_pca(pca.mean.cpu(), pca.components.cpu(), pca.deviations.cpu())
        return autoencoder.to(self.device).to(memory_format=self.layout)

    @property
    def modules(self) -> dict[str, nn.Module]:
        """All that is trained, under the names that the state has for it."""
        return {"model": self.autoencoder} | ({"guide": self.guide} if self.guide is not None else {})

    @property
    def per_epoch(self) -> int:
        """Steps of an epoch; images that do not fill a batch wait for another epoch's order."""
        return len(self.images) // self.config.training.batch_size

    def of_epoch(self, epoch: int, total: Tensor) -> Iterator[int]:
        """Make the steps of `epoch`, counted from 0, each followed by its number from 1; their losses and squared
        errors are added to `total` (2,). Raises TrainingError where memory runs out.
        """
        training, device = self.config.training, self.device
        generator = torch.Generator(device).manual_seed(training.seed * 1_000_003 + epoch)
        order = torch.randperm(len(self.images), generator=generator, device=device)
        self.objective.train()
        for step in range(self.per_epoch):
            chosen = order[step * training.batch_size : (step + 1) * training.batch_size]
            self._set_learning_rate(epoch * self.per_epoch + step)
            try:
                total += self._step(chosen, generator)
            except RuntimeError as error:
                if any(words in str(error) for words in FULL_MEMORY):
                    batch = training.batch_size
                    raise TrainingError("training.step_memory", device=device.type, batch=batch) from error
                raise
            yield step + 1

    def _set_learning_rate(self, step: int) -> None:
        rate = learning_rate(step, self.per_epoch * self.config.training.epochs, self.config.training)
        for group in self.optimiser.param_groups:
            group["lr"] = rate

    def _step(self, chosen: Tensor, generator: torch.Generator) -> Tensor:
        """One step on the images `chosen` (n,); the loss and the squared error, (2,)."""
        with record_function(BATCH):
            inputs, images, noise = self._batch(chosen, generator)
        with record_function(FORWARD), autocast(self.config.training.precision, self.device):
            loss, error = self.objective(inputs, images, self.labels[chosen[self.part]], noise)
        self.optimiser.zero_grad(set_to_none=True)
        with record_function(BACKWARD):
            loss.backward()
        self.optimiser.step()
        return torch.stack([loss.detach(), error])

    def _batch(self, chosen: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
        """What this process's part of the network sees and shall draw, both (n, 3, 32, 32), and the noise (n, d) of a
        variational one, else empty. All draws are for the whole batch, in every process.
        """
        pixels = augment(self.images.index_select(0, chosen), self.config.training, generator)
        images = to_unit(pixels.contiguous(memory_format=self.layout))  # (n, 3, 32, 32)
        inputs = corrupt(images, self.config.objective, generator)
        noise = images.new_empty(0)
        if self.config.network.variational:
            noise = torch.randn(len(chosen), self.config.network.latent_dim, generator=generator, device=self.device)[
                self.part
            ]
        return inputs[self.part], images[self.part], noise


def _require_differences(pca: PCA) -> None:
    """PCA's scores are divided by their deviations. Raises DataError where the images have fewer directions than that
    takes.
    """
    wanted, found = len(pca.deviations), int((pca.deviations > SAME).sum())
    if found < wanted:
        raise DataError("training.alike", "linear_skip", wanted=wanted, found=found)

"""The training loop of pythae (Chadebec et al. 2022), one step at a time: our networks in its autoencoder, all else as
its users get it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Generator
from pathlib import Path
from typing import Any

import torch
from pythae.data.datasets import BaseDataset
from pythae.models import AE, AEConfig
from pythae.models.base.base_utils import ModelOutput
from pythae.models.nn import BaseDecoder, BaseEncoder
from pythae.trainers import BaseTrainer, BaseTrainerConfig
from pythae.trainers.training_callbacks import TrainingCallback
from torch import Tensor

from model.config import IMAGE_SHAPE, RunConfig
from model.data.dataset import ImageDataset
from model.networks import Autoencoder

FOR_EVER = 1_000_000  # epochs: the measurement ends it


class Encoder(BaseEncoder):
    """Our encoder, answering as pythae asks."""

    def __init__(self, network: Autoencoder) -> None:
        super().__init__()
        self.network = network.encoder

    def forward(self, images: Tensor) -> ModelOutput:
        return ModelOutput(embedding=self.network(images * 2 - 1))


class Decoder(BaseDecoder):
    """Our decoder, answering as pythae asks."""

    def __init__(self, network: Autoencoder) -> None:
        super().__init__()
        self.network = network.decoder

    def forward(self, latents: Tensor) -> ModelOutput:
        return ModelOutput(reconstruction=self.network(latents) + 0.5)


class EndedError(Exception):
    """Nobody wants another step."""


class Gate(TrainingCallback):
    """Holds the loop after each step until the next one is wanted."""

    def __init__(self) -> None:
        self.wanted, self.done = threading.Semaphore(0), threading.Semaphore(0)
        self.ended, self.between = False, False
        self.problem: BaseException | None = None

    def on_epoch_end(self, training_config: Any, **_: Any) -> None:
        self.between = True

    def on_train_step_end(self, training_config: Any, **_: Any) -> None:
        self.done.release()
        self.wanted.acquire()
        if self.ended:
            raise EndedError

    def run(self, trainer: BaseTrainer) -> None:
        """The whole training; what goes wrong in it is kept for whoever waits."""
        try:
            trainer.train()
        except EndedError:
            pass
        except BaseException as error:
            self.problem = error
        finally:
            self.done.release()


def pythae_steps(config: RunConfig, train: ImageDataset, folder: Path) -> Generator[bool]:
    """One step of its trainer at each `next`; False for one that an epoch's end (the copy of the best model)
    came with.
    """
    logging.getLogger("pythae").setLevel(logging.WARNING)
    gate = Gate()
    thread = threading.Thread(target=gate.run, args=(_trainer(config, train, folder, gate),), daemon=True)
    thread.start()
    try:
        while True:
            gate.done.acquire()
            if gate.problem:
                raise gate.problem
            counts, gate.between = not gate.between, False
            yield counts
            gate.wanted.release()
    finally:
        gate.ended = True
        gate.wanted.release()
        thread.join()


def _trainer(config: RunConfig, train: ImageDataset, folder: Path, gate: Gate) -> BaseTrainer:
    network = Autoencoder(config.network)
    model = AE(
        AEConfig(input_dim=IMAGE_SHAPE, latent_dim=config.network.latent_dim), Encoder(network), Decoder(network)
    )
    training = BaseTrainerConfig(
        output_dir=str(folder),
        num_epochs=FOR_EVER,
        learning_rate=config.training.learning_rate
        / 3072,  # its loss is the sum over an image's numbers, ours their mean
        per_device_train_batch_size=config.training.batch_size,
        optimizer_cls="AdamW",
        optimizer_params={"weight_decay": config.training.weight_decay, "betas": (0.9, 0.99)},
    )
    images = torch.from_numpy(train.images).float() / 255
    return BaseTrainer(model, BaseDataset(images, torch.from_numpy(train.labels).long()), None, training, [gate])

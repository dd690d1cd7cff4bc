"""Evaluation of a network in training: its error on the test images, and a frame of the film."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from model.data.dataset import ImageDataset
from model.device import autocast
from model.film.frames import Pixels
from model.images import to_bytes, to_unit
from model.networks import Autoencoder
from model.space.latent_map import Floats, LatentMap

TEST_BATCH = 1000
FILM_SAMPLES = 10_000
ROW = 10  # test images whose reconstructions are kept with each frame


@dataclass(frozen=True)
class Evaluation:
    """The test images' mean squared error, and a frame: points (n, 3) of the view and reconstructions uint8 (k, 32, 32,
    3).
    """

    mse: float
    points: Floats
    row: Pixels


class Evaluator:
    """The test images on the device, the samples of them that the film shows, and the row whose reconstructions it
    shows.
    """

    def __init__(self, dataset: ImageDataset, device: torch.device) -> None:
        self.dataset, self.images = dataset, torch.from_numpy(dataset.images).to(device)
        self.samples, self.row = film_samples(len(dataset)), one_of_each(dataset.labels)

    @property
    def originals(self) -> Pixels:
        """The row's pictures uint8 (k, 32, 32, 3)."""
        return self.dataset.images[self.row].transpose(0, 2, 3, 1)

    @torch.inference_mode()
    def error(self, autoencoder: Autoencoder, precision: str) -> tuple[float, Tensor]:
        """Mean squared error per channel in that precision, and the latents (n, d)."""
        autoencoder.eval()
        total, latents = torch.zeros((), device=self.images.device), []
        for pixels in self.images.split(TEST_BATCH):
            images = to_unit(pixels)
            with autocast(precision, images.device):
                latents.append(autoencoder.encode(images).float())
                output = autoencoder.decode_raw(latents[-1])
            total += (output.float().clamp(0, 1) - images).square().sum()
        return total.item() / self.images.numel(), torch.cat(latents)

    @torch.inference_mode()
    def evaluate(self, autoencoder: Autoencoder, precision: str) -> Evaluation:
        """All that is to be seen of the network now. Raises LatentError where the latents are not finite."""
        mse, latents = self.error(autoencoder, precision)
        pictures = to_bytes(autoencoder.decode(latents[torch.from_numpy(self.row).to(latents.device)]))
        points = LatentMap.of(latents.cpu().numpy()[self.samples], self.dataset.labels[self.samples]).points
        return Evaluation(mse, points, pictures.permute(0, 2, 3, 1).cpu().numpy())


def film_samples(count: int) -> NDArray[np.int64]:
    """The test images that a film shows: all of them, or as many as it can carry, evenly spread."""
    return np.linspace(0, count - 1, min(FILM_SAMPLES, count), dtype=np.int64)


def one_of_each(labels: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The first test image of each of the first ten classes; with fewer classes, the next images of them too."""
    firsts = np.unique(labels, return_index=True)[1][:ROW]
    rest = np.setdiff1d(np.arange(len(labels)), firsts)[: ROW - len(firsts)]
    return np.concatenate([firsts, rest]).astype(np.int64)

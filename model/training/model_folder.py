"""What a training leaves behind: the folder of a model."""

from __future__ import annotations

import importlib.metadata
import platform
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from model.checkpoint import LATENTS, Card, read_card, round_weights, save_model
from model.config import RunConfig, Settings
from model.data.catalogue import title_of
from model.data.dataset import ImageDataset
from model.device import hardware_name
from model.errors import CheckpointError, TrainingError
from model.evaluation.calibration import calibrate
from model.evaluation.disentanglement import UNMEASURED
from model.evaluation.metrics import encode_all, evaluate
from model.film import film
from model.images import WHITE
from model.messages import Message
from model.registry import known_models
from model.runs.folder import given_title
from model.space.density import DENSITY
from model.space.latent_map import LatentMap
from model.training.evaluator import film_samples
from model.training.loop import Trainer
from model.training.process_group import ProcessGroup
from model.training.run_folder import FILM

VERSIONED = ("torch", "torchvision", "numpy")
LEARNT = 0.99  # of the mean image's error: what is above is no better than it
BATCH = 1000
FILM_FRAMES = 60  # of a model: enough to glide through, few enough to ship


def known_pca_error(settings: Settings, dim: int, train: ImageDataset, test: ImageDataset) -> float | None:
    """PCA's test error with `dim` numbers, where the card of another model on the same images tells it; the run's own
    comes at its end.
    """
    for folder in known_models(settings.models).values():
        with suppress(CheckpointError):
            card = read_card(folder)
            metrics = card.get("metrics", {})
            if (card["data"]["fingerprint"], metrics.get("n_train"), metrics.get("latent_dim")) == (
                test.fingerprint,
                len(train),
                dim,
            ):
                return metrics.get("pca_mse")
    return None


def export(trainer: Trainer, folder: Path, train: ImageDataset, test: ImageDataset) -> Card:
    """Write the model's folder: latents and labels of the test images, density of the training images, film, weights,
    and the card with its metrics.

    Raises OSError, and TrainingError where a weight is too large for the file.
    """
    autoencoder = trainer.autoencoder.eval()
    round_weights(autoencoder)
    if not all(tensor.isfinite().all() for tensor in autoencoder.state_dict().values()):
        raise TrainingError("training.weights")
    metrics = evaluate(autoencoder, train, test, trainer.config.objective)
    latent_map = LatentMap.of(encode_all(autoencoder, trainer.evaluator.images).cpu().numpy(), test.labels)
    density = calibrate(autoencoder, train, latent_map.latents, trainer.evaluator.images)
    dataset = trainer.about["dataset"]
    data = {
        "dataset": dataset,
        "name": title_of(dataset),
        "fingerprint": test.fingerprint,
        "classes": test.classes,
        "train": len(train),
        "test": len(test),
    }
    said = {key: trainer.about[key] for key in ("title", "description", "preset", "command")}
    said["title"] = given_title(trainer.folder) or said["title"]
    card = {
        "name": folder.name,
        **said,
        **_machine(trainer.group),
        "seconds": trainer.seconds,
        "config": trainer.config.to_dict(),
        "epochs_done": trainer.epoch,
        "data": data,
        "metrics": metrics,
        "history": trainer.history,
    }
    if autoencoder.config.variational:
        card["note"] = UNMEASURED
    latent_map.save(folder / LATENTS)  # from here on only files are written, one after another
    density.save(folder / DENSITY)
    _assemble_film(trainer.folder / FILM, latent_map, folder / film.FILM)
    save_model(folder, autoencoder, card)
    return card


def unlearnt(metrics: Mapping[str, Any], train: ImageDataset, test: ImageDataset, config: RunConfig) -> str:
    """The sentence that says so, where a network reconstructs the test images no better than the mean training image
    does; else none.

    Compared is what was trained for: the squared error, or the absolute one.
    """
    name, power = ("test_mae", 1) if config.objective.power == 1 else ("test_mse", 2)
    reached, mean = metrics.get(name), mean_image_error(train, test, power)
    if reached is None or reached < LEARNT * mean:
        return ""
    return Message("training.unlearnt", reached=reached, mean=mean)


def mean_image_error(train: ImageDataset, test: ImageDataset, power: int) -> float:
    """The mean of |x - m|^n over the test images and channels, n = `power`, m being the mean training image."""
    mean = train.images.mean(0, dtype=np.float64) / WHITE  # (3, 32, 32)
    batches = np.array_split(test.images, -(-len(test) // BATCH))
    return float(sum((np.abs(batch / WHITE - mean) ** power).sum() for batch in batches) / test.images.size)


def _assemble_film(frames: Path, latent_map: LatentMap, path: Path) -> None:
    """Write the film. Raises OSError; a frame that is damaged or gone costs the film, not the model."""
    try:
        film.assemble_film(frames, FILM_FRAMES, latent_map.points[film_samples(len(latent_map.latents))]).save(path)
    except CheckpointError as error:
        path.unlink(missing_ok=True)
        print(f"no film: {error}", file=sys.stderr)


def _machine(group: ProcessGroup) -> dict[str, Any]:
    several = f"{group.size} x " if group.size > 1 else ""
    return {
        "hardware": several + hardware_name(group.device),
        "versions": {
            "python": platform.python_version(),
            **{name: importlib.metadata.version(name) for name in VERSIONED},
        },
    }

"""What the tests share: a small synthetic data set, a tiny model of it, and real servers that show both."""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from model.checkpoint import LATENTS, load_model, round_weights, save_model
from model.config import NetworkConfig, RunConfig
from model.data.dataset import ImageDataset
from model.data.folder import load_folder
from model.networks import Autoencoder
from model.space.latent_map import LatentMap
from tests.web import ROOT, Server, running

os.environ["EXPLORER_DOWNLOAD"] = "off"  # no test fetches a data set from elsewhere
ARCHIVE = ROOT.parent / "shared" / "data" / "cifar10-images.zip"
CLASSES = ("circle", "square", "stripe")
TINY = RunConfig(network=NetworkConfig(latent_dim=3, encoder_widths=(8,), decoder_widths=(16,)))
FIVE = RunConfig(network=NetworkConfig(latent_dim=5, encoder_widths=(8,), decoder_widths=(16,)))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those with a browser come last: the quick ones are first, and no browser runs beside the trainings."""
    items.sort(key=lambda item: "browser" in item.path.parts)


def draw(kind: str, rng: np.random.Generator) -> np.ndarray:
    """A picture uint8 (32, 32, 3) of one of the `CLASSES`, at a random place, in random colours."""
    y, x = np.mgrid[:32, :32]
    cy, cx, size = rng.uniform(10, 22), rng.uniform(10, 22), rng.uniform(4, 9)
    inside = {
        "circle": (y - cy) ** 2 + (x - cx) ** 2 < size**2,
        "square": (abs(y - cy) < size) & (abs(x - cx) < size),
        "stripe": abs(y - cy) < size / 2,
    }[kind]
    back, front = rng.integers(0, 256, (2, 3))
    return np.where(inside[..., None], front, back).astype(np.uint8)


@pytest.fixture(scope="session")
def synthetic_dataset_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """train/CLASS/*.png (20 each) and test/CLASS/*.png (24 each), three classes."""
    root, rng = tmp_path_factory.mktemp("pictures"), np.random.default_rng(0)
    for split, count in (("train", 20), ("test", 24)):
        for kind in CLASSES:
            (root / split / kind).mkdir(parents=True)
            for i in range(count):
                Image.fromarray(draw(kind, rng)).save(root / split / kind / f"{i:03}.png")
    return root


@pytest.fixture(scope="session")
def synthetic_dataset(synthetic_dataset_folder: Path) -> ImageDataset:
    """The test split of the synthetic folder: 72 images."""
    return load_folder(synthetic_dataset_folder, "test")


@pytest.fixture(scope="session")
def real_pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the real test pictures: EXPLORER_DATA, or those of the archive beside the repository."""
    if given := os.environ.get("EXPLORER_DATA"):
        return Path(given)
    if not ARCHIVE.is_file():
        pytest.skip(f"No real pictures: EXPLORER_DATA is not set and {ARCHIVE} is not there.")
    folder = tmp_path_factory.mktemp("real")
    with zipfile.ZipFile(ARCHIVE) as archive:
        # A data set has both splits; the page shows the test pictures, so one of each class is enough of the others.
        archive.extractall(
            folder, [name for name in archive.namelist() if name.startswith("test/") or name.endswith("/0000.jpg")]
        )
    return folder


def save_untrained(folder: Path, config: RunConfig, dataset: ImageDataset) -> Path:
    """An untrained model of `dataset` in `folder`, whole: weights, card and latents."""
    torch.manual_seed(0)
    autoencoder = Autoencoder(config.network).eval()
    round_weights(autoencoder)
    with torch.inference_mode():
        latents = autoencoder.encode(torch.from_numpy(dataset.images).float() / 255).numpy()
    card = {
        "name": folder.name,
        "title": {"en": "Untrained", "ko": "훈련 전"},
        "description": {"en": "For tests.", "ko": "시험용."},
        "config": config.to_dict(),
        "data": {
            "name": "shapes",
            "fingerprint": dataset.fingerprint,
            "classes": list(dataset.classes),
            "train": 60,
            "test": len(dataset),
        },
        "metrics": {"test_mse": 0.1},
    }
    save_model(folder, autoencoder, card)
    LatentMap.of(latents * 10, dataset.labels).save(folder / LATENTS)
    return folder


@pytest.fixture(scope="session")
def tiny_model_folder(tmp_path_factory: pytest.TempPathFactory, synthetic_dataset: ImageDataset) -> Path:
    """An untrained model with d = 3."""
    return save_untrained(tmp_path_factory.mktemp("saved") / "tiny", TINY, synthetic_dataset)


@pytest.fixture(scope="session")
def five_model_folder(tmp_path_factory: pytest.TempPathFactory, synthetic_dataset: ImageDataset) -> Path:
    """An untrained model with d = 5, which needs a view."""
    return save_untrained(tmp_path_factory.mktemp("saved") / "five", FIVE, synthetic_dataset)


@pytest.fixture(scope="session")
def explorer_home(tmp_path_factory: pytest.TempPathFactory, tiny_model_folder: Path, five_model_folder: Path) -> Path:
    """An EXPLORER_HOME that holds the models "tiny" and "five"."""
    home = tmp_path_factory.mktemp("home")
    for folder in (tiny_model_folder, five_model_folder):
        shutil.copytree(folder, home / "models" / folder.name)
    return home


@pytest.fixture(scope="session")
def server(explorer_home: Path) -> Iterator[Server]:
    """The app without a data set: the shipped models, "tiny" and "five"."""
    with running(explorer_home) as started:
        yield started


@pytest.fixture(scope="session")
def data_server(
    tmp_path_factory: pytest.TempPathFactory, tiny_model_folder: Path, synthetic_dataset_folder: Path
) -> Iterator[Server]:
    """The app with the synthetic data set at hand, and "tiny"."""
    home = tmp_path_factory.mktemp("home-with-data")
    shutil.copytree(tiny_model_folder, home / "models" / "tiny")
    with running(home, synthetic_dataset_folder) as started:
        yield started


@pytest.fixture(scope="session")
def tiny_autoencoder(tiny_model_folder: Path) -> Autoencoder:
    """The network of the tiny model."""
    return load_model(tiny_model_folder)[0]

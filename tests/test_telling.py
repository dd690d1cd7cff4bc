"""The sample that a visitor meets first."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from model.checkpoint import CARD
from model.config import SHIPPED_MODELS
from model.data import ImageDataset, load_folder
from model.service import ExplorerService
from model.telling import telling_sample


def pictures(kinds: list[str]) -> np.ndarray:
    """uint8 (n, 32, 32, 3): a horizon, a shape, or nothing."""
    drawn = np.full((len(kinds), 32, 32, 3), 128, np.uint8)
    for picture, kind in zip(drawn, kinds, strict=True):
        if kind == "horizon":
            picture[:16] = 255
        if kind == "shape":
            picture[:, 8:24] = 255
    return drawn


def test_a_shape_tells_more_than_a_horizon_or_nothing() -> None:
    drawn = pictures(["flat", "horizon", "shape", "flat"])
    assert telling_sample(drawn.transpose(0, 3, 1, 2), drawn, np.ones(4, np.float32)) == 2


def test_a_shape_that_is_not_in_the_picture_or_far_from_all_others_tells_nothing() -> None:
    drawn = pictures(["shape", "shape", "shape", "flat"])
    images = drawn.transpose(0, 3, 1, 2).copy()
    images[0] = 0
    assert telling_sample(images, drawn, np.array([1, 3, 1, 1], np.float32)) == 2


def test_the_start_is_the_cards_unless_other_images_are_at_hand(tmp_path: Path, tiny_model_folder: Path, synthetic_dataset: ImageDataset) -> None:
    folder = shutil.copytree(tiny_model_folder, tmp_path / "tiny")
    card = json.loads((folder / CARD).read_text())
    (folder / CARD).write_text(json.dumps({**card, "start": 5}))
    assert ExplorerService(folder, synthetic_dataset).start == 5
    assert ExplorerService(folder, None).start == 5
    (folder / CARD).write_text(json.dumps({**card, "start": 5, "data": {**card["data"], "fingerprint": "0123456789abcdef"}}))
    other, every = ExplorerService(folder, synthetic_dataset), np.arange(len(synthetic_dataset))
    assert other.start == telling_sample(synthetic_dataset.images, other.reconstructions(every), other.latent_map.remoteness(every))
    (folder / CARD).write_text(json.dumps({**card, "start": 5000}))
    assert ExplorerService(folder, None).start == 0


@pytest.mark.parametrize("name", ["default", "absolute-error", "label-guided", "beta-vae", "denoising", "latent-64"])
def test_the_shipped_models_begin_with_their_most_telling_sample(name: str, real_pictures: Path) -> None:
    dataset = load_folder(real_pictures, "test")
    service = ExplorerService(SHIPPED_MODELS / name, dataset)
    every = np.arange(len(service))
    assert service.start == telling_sample(dataset.images, service.reconstructions(every), service.latent_map.remoteness(every))

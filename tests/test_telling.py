"""The sample that a visitor meets first."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from model.checkpoint import CARD
from model.config import SHIPPED_MODELS
from model.data.dataset import ImageDataset
from model.data.folder import load_folder
from model.space.latent_map import LatentMap
from model.space.service import ExplorerService
from model.space.start import telling_sample


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
    assert telling_sample(drawn.transpose(0, 3, 1, 2), drawn, np.ones(4, bool)) == 2


def test_a_shape_that_is_not_in_the_picture_or_not_inside_the_map_tells_nothing() -> None:
    drawn = pictures(["shape", "shape", "shape", "flat"])
    images = drawn.transpose(0, 3, 1, 2).copy()
    images[0] = 0
    assert telling_sample(images, drawn, np.array([True, False, True, True])) == 2


def test_where_no_sample_lies_inside_the_map_any_may_be_the_start() -> None:
    drawn = pictures(["flat", "shape"])
    assert telling_sample(drawn.transpose(0, 3, 1, 2), drawn, np.zeros(2, bool)) == 1


def test_inside_the_map_are_samples_near_others_and_away_from_the_ends_of_the_axes() -> None:
    rows = np.random.default_rng(0).uniform(-1, 1, (500, 3)).astype(np.float32)
    latent_map = LatentMap.of(
        np.concatenate([rows, [[0, 0, 0], [9, 0, 0]]]).astype(np.float32), np.zeros(502, np.uint8)
    )
    inside = latent_map.inside(np.arange(502))
    assert not inside[501]
    assert inside[:500].any()
    low, high = latent_map.ranges.T
    along = (latent_map.points - low) / (high - low)
    assert np.abs(along[inside] - 0.5).max() <= 0.3


def test_the_start_is_the_cards_unless_other_images_are_at_hand(
    tmp_path: Path, tiny_model_folder: Path, synthetic_dataset: ImageDataset
) -> None:
    folder = shutil.copytree(tiny_model_folder, tmp_path / "tiny")
    card = json.loads((folder / CARD).read_text())
    (folder / CARD).write_text(json.dumps({**card, "start": 5}))
    assert ExplorerService(folder, synthetic_dataset).start == 5
    assert ExplorerService(folder, None).start == 5
    (folder / CARD).write_text(
        json.dumps({**card, "start": 5, "data": {**card["data"], "fingerprint": "0123456789abcdef"}})
    )
    other, every = ExplorerService(folder, synthetic_dataset), np.arange(len(synthetic_dataset))
    assert other.start == telling_sample(
        synthetic_dataset.images, other.reconstructions(every), other.latent_map.inside(every)
    )
    (folder / CARD).write_text(json.dumps({**card, "start": 5000}))
    assert ExplorerService(folder, None).start == 0


@pytest.mark.parametrize("name", ["default", "absolute-error", "label-guided", "beta-vae", "denoising", "latent-64"])
def test_the_shipped_models_begin_with_their_most_telling_sample(name: str, real_pictures: Path) -> None:
    dataset = load_folder(real_pictures, "test")
    service = ExplorerService(SHIPPED_MODELS / name, dataset)
    every = np.arange(len(service))
    assert service.start == telling_sample(
        dataset.images, service.reconstructions(every), service.latent_map.inside(every)
    )

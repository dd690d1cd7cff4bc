"""Cards and the registry: whatever lies in a folder of models, it is listed, or refused in one sentence."""

import json
import shutil

import numpy as np
import pytest

from app import resources, server
from app.routes import models, neighbours, uploads
from app.views.header import cards
from model.checkpoint import read_card
from model.data.dataset import ImageDataset
from model.data.pictures import Crop, Picture
from model.errors import CheckpointError, UnknownModelError
from model.registry import find_model, known_models
from model.space.service import ExplorerService
from tests.web import forget

DROP = object()


def changed(folder, path, value):
    """The folder's card with the field at `path` set to `value`, or dropped."""
    card = json.loads((folder / "card.json").read_text())
    *parents, last = path.split(".")
    part = card
    for name in parents:
        part = part[name]
    part[last] = value
    if value is DROP:
        del part[last]
    (folder / "card.json").write_text(json.dumps(card))


@pytest.fixture
def home(tmp_path, monkeypatch, tiny_model_folder):
    """An EXPLORER_HOME with "good" and "odd", both copies of "tiny"."""
    for name in ("good", "odd"):
        shutil.copytree(tiny_model_folder, tmp_path / "models" / name)
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path))
    monkeypatch.delenv("EXPLORER_DATA", raising=False)
    forget()
    yield tmp_path
    forget()


ODD_CARDS = [
    ("title", DROP, "title"),
    ("title", "one text", "title"),
    ("title", {"en": "x"}, "title"),
    ("title.ko", 7, "title"),
    ("title.en", "\ud800", "card.json"),
    ("description", [], "description"),
    ("config", 5, "config"),
    ("config.network", [], "config"),
    ("config.extra", {}, "config"),
    ("config.network.latent_dim", DROP, "latent_dim"),
    ("config.network.latent_dim", 3.0, "latent_dim"),
    ("data", None, "data"),
    ("data.fingerprint", "ä", "data.fingerprint"),
    ("data.classes", "abc", "data.classes"),
    ("data.classes", [1], "data.classes"),
    ("metrics", {"test_mse": "low"}, "metrics"),
    ("metrics", {"kl_per_unit": [1, "low"]}, "metrics"),
    ("metrics", {"test_mse": float("nan")}, "card.json"),
    ("weights_sha256", DROP, "weights_sha256"),
    ("start", "first", "start"),
    ("start", -1, "start"),
    ("start", True, "start"),
]


@pytest.mark.parametrize(("path", "value", "word"), ODD_CARDS)
def test_an_odd_card_is_refused_by_the_field_and_the_others_are_listed(home, path, value, word):
    changed(home / "models" / "odd", path, value)
    with pytest.raises(CheckpointError, match=word):
        read_card(home / "models" / "odd")
    names = {model["name"] for model in json.loads(models.models(None).body)}
    assert "good" in names
    assert "odd" not in names
    assert "odd" not in cards()
    with pytest.raises(CheckpointError):
        resources.service("odd")


@pytest.mark.parametrize(("path", "value"), [("config.network.decoder_widths", [8.5]), ("data.classes", ["a", "b"])])
def test_a_card_that_does_not_fit_its_files_is_refused(home, path, value):
    changed(home / "models" / "odd", path, value)
    with pytest.raises(CheckpointError):
        resources.service("odd")


def test_a_card_is_read_once_until_its_file_changes(home):
    folder = home / "models" / "good"
    card = resources.card_of(folder)
    assert card == read_card(folder)
    assert resources.card_of(folder) is card
    changed(folder, "title.en", "Another")
    assert resources.card_of(folder)["title"]["en"] == "Another"
    (folder / "card.json").unlink()
    with pytest.raises(CheckpointError, match="card"):
        resources.card_of(folder)


def test_a_model_that_vanishes_between_two_looks_is_unknown(home, monkeypatch):
    gone = home / "models" / "gone"
    monkeypatch.setattr(resources, "find_model", lambda name, root: gone)
    with pytest.raises(UnknownModelError, match="a moment ago"):
        resources.service("gone")


def test_a_home_that_the_system_refuses_to_open_is_as_if_empty(tmp_path, caplog):
    closed = tmp_path / ("x" * 300)
    assert known_models(closed) == known_models(tmp_path)
    assert "cannot be read" in caplog.text


def test_an_unknown_name_is_answered_with_the_known_ones(home):
    assert find_model("good", home / "models") == home / "models" / "good"
    with pytest.raises(UnknownModelError, match="good, odd"):
        find_model("better", home / "models")


def test_warming_survives_whatever_a_model_does(home, monkeypatch, caplog):
    warmed = []

    class Odd:
        def warm(self):
            raise RuntimeError("odd")

    class Good:
        def warm(self):
            warmed.append("good")

    monkeypatch.setattr(resources, "first_names", lambda: ["odd", "good"])
    monkeypatch.setattr(resources, "service", lambda name: Odd() if name == "odd" else Good())
    server._warm()
    assert warmed == ["good"]
    assert "could not be loaded" in caplog.text


@pytest.mark.parametrize("count", [1, 2, 8])
def test_a_handful_of_test_images_is_enough(count, tiny_model_folder, synthetic_dataset):
    few = ImageDataset(synthetic_dataset.images[:count], synthetic_dataset.labels[:count], synthetic_dataset.classes)
    service = ExplorerService(tiny_model_folder, few)
    assert neighbours.how_many({"k": "50"}, service) == neighbours.how_many({}, service) == count
    answer = uploads._located(service, Picture(few.images[0], 32, 32, Crop(0, 0, 1)), count)
    assert len(answer["nearest"]["latent"]) == len(answer["nearest"]["pixel"]) == count
    assert np.isfinite(list(answer["density"].values())).all()
    json.dumps(answer, allow_nan=False)

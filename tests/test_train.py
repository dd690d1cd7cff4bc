"""`python -m model.train`: what a run keeps from its start, what a resumed one may not change, and how it ends."""

import json
import shutil

import numpy as np
import pytest
import torch
from PIL import Image

from model import train
from model.presets import Preset
from tests.conftest import TINY


@pytest.fixture
def start(synthetic_dataset_folder, tmp_path, monkeypatch):
    """Runs the command line with a home of its own; `--name mine` and the data are given."""
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path / "home"))
    monkeypatch.setitem(train.PRESETS, "small", Preset(TINY, {"en": "Small", "ko": "작은 모델"}, {"en": "For tests.", "ko": "시험용."}))
    monkeypatch.setattr(train, "evaluate", lambda network, images, test: {"n_test": len(test)})  # PCA would take most of a minute

    def command(*options, data=synthetic_dataset_folder):
        return train.main(["--name", "mine", "--data", str(data), *options])

    return command


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


FIRST = ("--preset", "small", "--epochs", "1", "--batch-size", "8", "--latent-dim", "4")


def card(home):
    return json.loads((home / "models" / "mine" / "card.json").read_text())


def run_file(home):
    return home / "runs" / "mine" / "run.json"


def test_a_resumed_run_is_called_and_described_as_it_was_started(start, home):
    assert start(*FIRST) == 0
    first = card(home)
    assert first["title"] == {"en": "mine", "ko": "mine"}
    assert first["description"]["en"] == "For tests."
    assert first["command"] == "python -m model.train --name mine --preset small --epochs 1 --batch-size 8 --latent-dim 4 --data DIR"
    shutil.rmtree(home / "models")
    assert start("--resume") == 0
    assert {key: card(home)[key] for key in ("title", "description", "command", "config")} == {
        key: first[key] for key in ("title", "description", "command", "config")
    }
    assert not (home / "runs" / "mine" / "card.json").exists()


@pytest.mark.parametrize("change", [*FIRST[::2], "--seed", "--learning-rate"])
def test_a_resumed_run_refuses_another_configuration(start, capsys, change):
    value = "default" if change == "--preset" else "1"
    assert start("--resume", change, value) == 1
    said = capsys.readouterr().err
    assert f"{change} cannot stand beside --resume" in said
    assert "a resumed run keeps its configuration" in said


def test_a_resumed_run_refuses_other_images(start, synthetic_dataset_folder, tmp_path, capsys):
    assert start(*FIRST) == 0
    other = shutil.copytree(synthetic_dataset_folder, tmp_path / "other")
    Image.fromarray(np.zeros((32, 32, 3), np.uint8)).save(other / "train" / "circle" / "000.png")
    assert start("--resume", data=other) == 1
    assert "other images" in capsys.readouterr().err


def test_a_run_from_before_these_facts_were_kept_still_resumes(start, home):
    assert start(*FIRST) == 0
    old = json.loads(run_file(home).read_text())
    del old["about"]
    run_file(home).write_text(json.dumps(old))
    assert start("--resume") == 0
    assert card(home)["epochs_done"] == 1


@pytest.mark.parametrize("content", ["[]", '{"config": 3}', '{"about": 3}', "{"])
def test_a_damaged_run_is_refused_in_one_sentence(start, home, capsys, content):
    run_file(home).parent.mkdir(parents=True)
    run_file(home).write_text(content)
    assert start("--resume") == 1
    assert "no run 'mine' to resume" in capsys.readouterr().err


def raising(error):
    def fail(*_):
        raise error

    return fail


def test_ctrl_c_while_the_model_is_measured_leaves_no_half_model(start, home, monkeypatch, capsys):
    with monkeypatch.context() as broken:
        broken.setattr(train, "evaluate", raising(KeyboardInterrupt))
        assert start(*FIRST) == 130
    assert "go on with --resume" in capsys.readouterr().err
    assert not (home / "models").exists()
    assert start("--resume") == 0
    assert card(home)["metrics"]["n_test"] == 72


def test_too_little_memory_is_said_in_one_sentence(start, monkeypatch, capsys):
    monkeypatch.setattr(train, "evaluate", raising(torch.OutOfMemoryError("CUDA out of memory.")))
    assert start(*FIRST) == 1
    assert capsys.readouterr().err == "error: There is not enough memory for this run. Take a smaller --batch-size, or fewer images.\n"

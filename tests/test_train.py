"""`python -m model.train`: what a run keeps from its start, what a resumed one may not change, and how it ends."""

import errno
import json
import os
import re
import shutil
import signal
from dataclasses import fields, replace

import numpy as np
import pytest
import torch
from PIL import Image

from app.text.errors import translated
from model import train
from model.checkpoint import load_model
from model.config import OPTIONS, PARTS, Settings, TrainingConfig
from model.film.film import Film, add_frame
from model.presets import PRESETS, Preset
from model.runs.actions import run
from model.runs.folder import RunState
from model.space.latent_map import LatentMap
from model.training import model_folder, run_folder, saving
from model.training.state import write_state
from tests.conftest import TINY

HANGUL = re.compile("[가-힣]")
SMALL = replace(TINY, training=TrainingConfig(epochs=2, batch_size=10))


@pytest.fixture
def start(synthetic_dataset_folder, tmp_path, monkeypatch):
    """Runs the command line with a home of its own; `--name mine` and the data are given."""
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path / "home"))
    monkeypatch.setitem(
        PRESETS, "small", Preset(SMALL, {"en": "Small", "ko": "작은 모델"}, {"en": "For tests.", "ko": "시험용."})
    )
    monkeypatch.setattr(
        model_folder, "evaluate", lambda network, images, test, objective: {"n_test": len(test)}
    )  # PCA would take most of a minute

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
    assert first["description"]["en"] == "A model that was trained here."
    assert (
        first["command"]
        == "python -m model.train --name mine --data DIR --preset small --latent-dim 4 --epochs 1 --batch-size 8"
    )
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


def test_an_unchanged_preset_is_described_as_it_describes_itself(start, home):
    assert start("--preset", "small") == 0
    assert card(home)["description"]["en"] == "For tests."
    assert card(home)["preset"] == "small"


def test_a_configuration_comes_from_a_file_and_options_change_it(start, home, tmp_path):
    file = tmp_path / "mine.json"
    file.write_text(
        json.dumps(
            {"network": {"encoder_widths": [8], "decoder_widths": [16]}, "training": {"batch_size": 8, "epochs": 1}}
        )
    )
    assert start("--config", str(file), "--beta", "2", "--decoder-widths", "12,20", "--no-flip") == 0
    config = card(home)["config"]
    assert config["network"]["encoder_widths"] == [8]
    assert config["network"]["decoder_widths"] == [12, 20]
    assert config["network"]["variational"] is True
    assert (config["objective"]["beta"], config["training"]["flip"], config["training"]["epochs"]) == (2.0, False, 1)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", "cannot be read"),
        ("[1]", "A configuration is an object"),
        ('{"network": 3}', "an object with fields is expected"),
        ('{"network": {"encoder_widths": ["wide"]}}', "whole numbers"),
        ('{"training": {"epochs": 2.5}}', "of the kind int"),
        ('{"training": {"learning_rate": NaN}}', "learning_rate is nan"),
        ('{"objective": {"beta": 1}}', "only a variational network"),
        ('{"network": {"latent_dim": 200, "decoder_widths": [64]}}', "narrowest layer passes on only 64"),
        ('{"training": {"batch_size": 4096}}', "A step takes 4,096 images, but there are only 60"),
    ],
)
def test_a_configuration_that_cannot_work_is_refused_in_one_sentence(start, home, tmp_path, capsys, content, sentence):
    file = tmp_path / "mine.json"
    file.write_text(content)
    assert start("--config", str(file)) == 1
    assert sentence in capsys.readouterr().err


def test_every_value_of_the_configuration_is_an_option_with_a_sentence(capsys):
    with pytest.raises(SystemExit) as ended:
        train.main(["--help"])
    said = capsys.readouterr().out
    assert ended.value.code == 0
    for part in PARTS.values():
        for field in fields(part):
            assert f"--{field.name.replace('_', '-')}" in said
            assert len(OPTIONS[field.name].help.split()) >= 3


def test_a_finished_run_leaves_its_film_with_the_model_and_says_so(start, home):
    assert start(*FIRST[:-2], "--epochs", "2") == 0
    film = Film.load(home / "models" / "mine" / "film.npz")
    assert film.epochs.tolist() == [0, 1, 2]
    assert np.allclose(film.points[-1], LatentMap.load(home / "models" / "mine" / "latents.npz").points, atol=0.01)
    assert run(Settings(None, home), "mine").state == RunState.FINISHED


@pytest.mark.parametrize("preset", [name for name in PRESETS if name != "thorough"])  # which is "default", only longer
def test_every_preset_trains_for_some_steps_and_its_film_moves(start, home, preset):
    network = PRESETS[preset].config.network
    narrow = () if network.linear_skip else ("--encoder-widths", "32,16", "--decoder-widths", "16,32")
    assert start("--preset", preset, "--epochs", "2", "--batch-size", "16", *narrow) == 0
    film = Film.load(home / "models" / "mine" / "film.npz")
    assert film.epochs.tolist() == [0, 1, 2]
    assert abs(film.points[2].astype(float) - film.points[0].astype(float)).max() > 0.001
    assert load_model(home / "models" / "mine")[0].config.latent_dim == network.latent_dim


def test_a_full_disk_stops_the_run_with_a_reason_and_keeps_the_last_epoch(start, home, monkeypatch, capsys):
    def full(folder, epoch, points, row):
        if epoch == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        add_frame(folder, epoch, points, row)

    with monkeypatch.context() as disk:
        disk.setattr(run_folder.film, "add_frame", full)
        disk.setattr(saving, "SAVE_SECONDS", 0.0)
        disk.setattr(saving.Writer, "busy", False)
        assert start(*FIRST[:2], "--epochs", "3", "--batch-size", "8") == 1
    assert "Make room there and resume" in capsys.readouterr().err
    state = run(Settings(None, home), "mine")
    assert (state.state, state.epoch) == (RunState.FAILED, 1)
    assert "No space left" in state.message
    assert start("--resume") == 0
    assert card(home)["epochs_done"] == 3


def test_a_run_shows_pcas_error_from_the_start_where_another_model_on_these_images_knows_it(start, home, monkeypatch):
    monkeypatch.setattr(
        model_folder,
        "evaluate",
        lambda network, images, test, objective: {"n_train": len(images), "latent_dim": 4, "pca_mse": 0.02},
    )
    assert start(*FIRST) == 0
    assert json.loads(run_file(home).read_text())["about"]["pca_mse"] is None
    shutil.rmtree(home / "runs")
    assert start(*FIRST) == 0
    assert json.loads(run_file(home).read_text())["about"]["pca_mse"] == 0.02


def test_a_damaged_frame_costs_the_film_and_not_the_model(start, home, capsys):
    assert start(*FIRST) == 0
    (home / "runs" / "mine" / "film" / "00000.npz").write_bytes(b"torn")
    assert start("--resume") == 0
    assert "no film:" in capsys.readouterr().err
    assert card(home)["epochs_done"] == 1
    assert not (home / "models" / "mine" / "film.npz").exists()


def test_data_that_have_vanished_stop_a_resumed_run_with_a_reason(start, home, tmp_path, capsys):
    assert start(*FIRST) == 0
    assert start("--resume", data=tmp_path / "gone") == 1
    assert "gone" in capsys.readouterr().err
    assert run(Settings(None, home), "mine").state == RunState.FAILED


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("epoch", [0, 2])
def test_a_signal_while_an_epoch_is_being_kept_leaves_a_run_that_tells_of_the_epochs_it_has(
    start, home, monkeypatch, number, epoch, capsys
):
    sent = []

    def stop(path, state):
        if int(state["epoch"]) >= epoch and not sent:
            sent.append(os.kill(os.getpid(), number))
        write_state(path, state)

    def put_and_wait(self, write, put=saving.Writer.put):
        put(self, write)
        self.wait()

    with monkeypatch.context() as key:
        key.setattr(run_folder, "write_state", stop)
        key.setattr(saving, "SAVE_SECONDS", 0.0)
        key.setattr(saving.Writer, "busy", False)
        key.setattr(saving.Writer, "put", put_and_wait)
        assert start(*FIRST[:2], "--epochs", "100", "--batch-size", "20") == 0
    stopped = run(Settings(None, home), "mine")
    assert (stopped.state, stopped.can_resume, stopped.has_model, len(stopped.history)) == (
        RunState.STOPPED,
        True,
        True,
        stopped.epoch,
    )
    assert epoch <= stopped.epoch < 100
    assert "stopped after epoch" in capsys.readouterr().out
    assert start("--resume") == 0
    whole = run(Settings(None, home), "mine")
    assert [entry["epoch"] for entry in whole.history] == list(range(1, 101))
    assert whole.history[: len(stopped.history)] == stopped.history


def test_a_network_that_is_no_better_than_the_mean_image_is_said_not_to_have_learned(start, home, monkeypatch, capsys):
    monkeypatch.setattr(model_folder, "evaluate", lambda network, images, test, objective: {"test_mse": 0.2})
    assert start(*FIRST) == 0
    found = run(Settings(None, home), "mine")
    assert found.state == RunState.FINISHED
    assert (
        "This network has not learned: its test error (0.2000) is no lower than that of the mean training image"
        in found.message
    )
    assert f"note: {found.message}" in capsys.readouterr().err
    assert HANGUL.search(translated(found.message, "ko"))


def test_the_mean_image_is_measured_as_the_objective_measures(synthetic_dataset):
    images = synthetic_dataset.images / 255
    for power in (1, 2):
        expected = (abs(images - images.mean(0)) ** power).mean()
        assert model_folder.mean_image_error(synthetic_dataset, synthetic_dataset, power) == pytest.approx(expected)


def test_ctrl_c_while_the_model_is_measured_leaves_no_half_model(start, home, monkeypatch, capsys):
    with monkeypatch.context() as broken:
        broken.setattr(model_folder, "evaluate", raising(KeyboardInterrupt))
        assert start(*FIRST) == 130
    assert "go on with --resume" in capsys.readouterr().err
    assert not (home / "models").exists()
    assert start("--resume") == 0
    assert card(home)["metrics"]["n_test"] == 72


def test_too_little_memory_is_said_in_one_sentence(start, monkeypatch, capsys):
    monkeypatch.setattr(model_folder, "evaluate", raising(torch.OutOfMemoryError("CUDA out of memory.")))
    assert start(*FIRST) == 1
    assert (
        capsys.readouterr().err
        == "error: There is not enough memory for this run. Take a smaller batch size, or fewer images.\n"
    )

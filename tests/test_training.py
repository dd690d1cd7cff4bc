"""Training lowers the error, resumes exactly, and stops with a reason."""

import errno
import json
import threading
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from model import checkpoint
from model.checkpoint import load_model, load_tensors, round_weights, save_model, save_tensors
from model.config import NetworkConfig, ObjectiveConfig, RunConfig, TrainingConfig
from model.data.dataset import ImageDataset
from model.errors import CheckpointError, ConfigError, DataError, TrainingError
from model.film import film, frames
from model.networks import Autoencoder
from model.training import run_folder, saving
from model.training.augmentation import augment
from model.training.loop import Trainer
from model.training.optimisation import learning_rate
from model.training.run_folder import RUN, STATE
from model.training.state import read_state, write_state

TINY = RunConfig(
    NetworkConfig(3, "conv", (4, 8), "dense", (16, 32)),
    ObjectiveConfig(noise=0.05),
    TrainingConfig(epochs=4, batch_size=16, learning_rate=3e-3, shift=2, precision="float32"),
)


def blobs(n, seed):
    """Images of one bright square on a dark ground: place and brightness are what there is to learn."""
    rng = np.random.default_rng(seed)
    images = np.full((n, 3, 32, 32), 40, np.uint8)
    for image in images:
        y, x = rng.integers(0, 20, 2)
        image[:, y : y + 12, x : x + 12] = rng.integers(120, 255)
    return ImageDataset(images, rng.integers(0, 2, n).astype(np.uint8), ("a", "b"))


@pytest.fixture(scope="module")
def data():
    return blobs(128, 0), blobs(64, 1)


def trainer(config, data, folder):
    return Trainer(config, *data, folder, torch.device("cpu"))


def weights(t):
    return {name: tensor.clone() for name, tensor in t.autoencoder.state_dict().items()}


def test_training_lowers_the_test_error(data, tmp_path):
    t = trainer(replace(TINY, training=replace(TINY.training, epochs=12, shift=0)), data, tmp_path)
    before = t.test_mse()
    events = list(t.run(report_every=3))
    assert t.test_mse() < 0.7 * before
    assert [e.epoch for e in events if e.whole_epoch] == list(range(1, 13))
    assert events[-1].seconds_left == pytest.approx(0)


@pytest.fixture
def every_epoch_saved(monkeypatch):
    """However short an epoch is."""
    monkeypatch.setattr(saving, "SAVE_SECONDS", 0.0)
    monkeypatch.setattr(saving.Writer, "busy", False)


def test_a_resumed_run_ends_with_the_weights_of_an_uninterrupted_one(data, tmp_path, every_epoch_saved):
    whole = trainer(TINY, data, tmp_path / "whole")
    list(whole.run())
    first = trainer(TINY, data, tmp_path / "parts")
    events = first.run(report_every=1)
    while not (event := next(events)).whole_epoch or event.epoch < 2:
        pass
    next(events)  # into the third epoch
    events.close()
    second = trainer(TINY, data, tmp_path / "parts")
    second.resume(first.history)
    assert second.epoch == 2
    list(second.run())
    for name, tensor in weights(whole).items():
        assert torch.equal(tensor, second.autoencoder.state_dict()[name]), name


def until(events, epoch):
    """Go on to the end of that epoch."""
    while not (event := next(events)).whole_epoch or event.epoch < epoch:
        pass


def test_a_state_that_is_being_written_is_that_of_its_epoch_though_steps_go_on(data, tmp_path, monkeypatch):
    monkeypatch.setattr(saving, "SAVE_SECONDS", 1e9)
    whole = trainer(TINY, data, tmp_path / "whole")
    list(whole.run())
    begun, go_on = threading.Event(), threading.Event()

    def slowly(path, state):
        begun.set()
        go_on.wait()
        write_state(path, state)

    first = trainer(TINY, data, tmp_path / "parts")
    with monkeypatch.context() as disk:
        disk.setattr(run_folder, "write_state", slowly)
        events = first.run(report_every=1)
        next(events)
        begun.wait()  # the untrained state is on its way to the disk
        until(events, 3)
        go_on.set()
        events.close()
    second = trainer(TINY, data, tmp_path / "parts")
    second.resume(first.history)
    assert second.epoch == 0
    list(second.run())
    for name, tensor in weights(whole).items():
        assert torch.equal(tensor, second.autoencoder.state_dict()[name]), name


@pytest.mark.parametrize(("save_seconds", "saved"), [(0.0, 3), (1e9, 0)], ids=["state", "record"])
def test_a_frame_of_every_epoch_keeps_neither_state_nor_record_from_being_written(
    data, tmp_path, monkeypatch, save_seconds, saved
):
    add, epoch = film.add_frame, threading.Lock()

    def add_late(*frame):
        with epoch:
            add(*frame)

    monkeypatch.setattr(film, "add_frame", add_late)
    monkeypatch.setattr(saving, "SAVE_SECONDS", save_seconds)
    monkeypatch.setattr(saving, "RECORD_SECONDS", 0.0)
    monkeypatch.setattr(saving.Pace, "due", True)
    t = trainer(TINY, data, tmp_path)
    events = t.run(report_every=1000)
    for _ in range(3):
        with epoch:  # its frame is still being written when it closes
            next(events)
        t._files.wait()
    events.close()
    assert frames.epochs(tmp_path / "film") == [0, 1, 2, 3]
    assert len(json.loads((tmp_path / RUN).read_text())["history"]) == 3
    assert read_state(tmp_path / STATE, t.steps.modules, t.steps.optimiser) == saved


@pytest.mark.parametrize("within", [True, False])
def test_a_run_that_is_stopped_keeps_every_whole_epoch_and_ends_as_an_uninterrupted_one(
    data, tmp_path, monkeypatch, within
):
    monkeypatch.setattr(saving, "SAVE_SECONDS", 1e9)
    whole = trainer(TINY, data, tmp_path / "whole")
    list(whole.run())
    first = trainer(TINY, data, tmp_path / "parts")
    events = first.run(report_every=1)
    until(events, 1)
    if within:
        next(events)
    first.stop()
    list(events)
    assert (first.stopped, first.epoch) == (True, 2 if within else 1), "an epoch that was not saved is ended first"
    assert "test_mse" in first.history[-1]
    assert film.epochs(tmp_path / "parts" / "film")[-1] == first.epoch
    second = trainer(TINY, data, tmp_path / "parts")
    second.resume(json.loads((tmp_path / "parts" / RUN).read_text())["history"])
    assert second.epoch == first.epoch
    list(second.run())
    for name, tensor in weights(whole).items():
        assert torch.equal(tensor, second.autoencoder.state_dict()[name]), name


def test_a_run_is_saved_by_time_and_looked_at_for_a_tenth_of_it(data, tmp_path, monkeypatch):
    """Whatever the clock says, the first epoch and the last have a test error and a frame, and the curve every epoch's
    training error.
    """
    monkeypatch.setattr(saving, "EVALUATION_ALLOWANCE", -1e9)
    monkeypatch.setattr(saving, "SAVE_SECONDS", 1e9)
    t = trainer(replace(TINY, training=replace(TINY.training, epochs=9)), data, tmp_path)
    events = t.run()
    until(events, 8)
    assert int(load_tensors(tmp_path / STATE)["epoch"]) == 0, "its time has not come"
    list(events)
    assert int(load_tensors(tmp_path / STATE)["epoch"]) == 9
    assert film.epochs(tmp_path / "film") == [0, 1, 9]
    history = json.loads((tmp_path / RUN).read_text())["history"]
    assert [entry["epoch"] for entry in history if "test_mse" in entry] == [1, 9]
    assert [entry["epoch"] for entry in history if "train_mse" in entry and "seconds" in entry] == list(range(1, 10))


def test_looks_take_no_more_than_their_share(monkeypatch):
    now, looked = [0.0], 0.0
    monkeypatch.setattr(saving, "time", SimpleNamespace(perf_counter=lambda: now[0]))
    pace = saving.Pace()
    while now[0] < 1.5:
        if pace.due:
            with pace.spent():
                now[0] += 0.05
            looked += 0.05
        now[0] += 0.005
    assert 0.5 < looked <= saving.EVALUATION_ALLOWANCE + 0.1 * 1.6


def test_what_cannot_be_written_ends_the_run_with_the_reason_and_what_was_written_stays(
    data, tmp_path, monkeypatch, every_epoch_saved
):
    def full(path, state):
        if int(state["epoch"]) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        write_state(path, state)

    monkeypatch.setattr(run_folder, "write_state", full)
    with pytest.raises(TrainingError, match=r"Epoch 2 could not be kept .*No space left"):
        list(trainer(TINY, data, tmp_path).run())
    assert int(load_tensors(tmp_path / STATE)["epoch"]) == 1


def test_what_the_system_says_against_a_state_is_told_as_its_error(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoint, "save_file", lambda tensors, path: save_file(tensors, tmp_path / "gone" / "state"))
    with pytest.raises(FileNotFoundError, match="No such file or directory"):
        save_tensors(tmp_path / "state", {"a": torch.zeros(3)})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "images",
    [
        np.full((64, 3, 32, 32), 90, np.uint8),
        np.full((64, 3, 32, 32), 90, np.uint8) + np.eye(64, dtype=np.uint8)[:, :1, None, None],
    ],
)
def test_images_without_differences_cannot_start_from_pca(images, tmp_path):
    same = ImageDataset(images, np.arange(64, dtype=np.uint8) % 2, ("a", "b"))
    network = replace(TINY.network, linear_skip=True)
    with pytest.raises(DataError, match=r"differ in 3 directions; these differ in [01]\. Leave linear_skip out"):
        trainer(replace(TINY, network=network), (same, same), tmp_path)


def test_a_loss_that_is_not_finite_stops_the_run_and_keeps_the_last_state(data, tmp_path, every_epoch_saved):
    t = trainer(TINY, data, tmp_path)
    events = t.run()
    until(events, 1)
    with torch.no_grad():
        next(iter(t.autoencoder.parameters())).fill_(float("inf"))
    with pytest.raises(TrainingError, match="Lower the learning rate"):
        list(events)
    assert int(load_tensors(tmp_path / STATE)["epoch"]) == 1
    again = trainer(TINY, data, tmp_path)
    again.resume(t.history)
    assert all(tensor.isfinite().all() for tensor in weights(again).values())


def test_a_batch_larger_than_the_data_is_refused(data, tmp_path):
    with pytest.raises(ConfigError, match="only 128 training images"):
        trainer(replace(TINY, training=replace(TINY.training, batch_size=129)), data, tmp_path)


def test_a_state_of_another_network_is_refused_by_name(data, tmp_path):
    list(trainer(replace(TINY, training=replace(TINY.training, epochs=1)), data, tmp_path).run())
    other = trainer(replace(TINY, network=replace(TINY.network, decoder_widths=(16, 24))), data, tmp_path)
    with pytest.raises(CheckpointError, match="decoder"):
        other.resume([])


def test_a_saved_model_comes_back_and_every_damage_is_noticed(tmp_path):
    network = Autoencoder(TINY.network).eval()
    round_weights(network)
    save_model(
        tmp_path,
        network,
        {
            "name": "x",
            "title": {"en": "x", "ko": "x"},
            "config": TINY.to_dict(),
            "data": {"fingerprint": "0" * 16, "classes": ["a"]},
        },
    )
    loaded, card = load_model(tmp_path)
    z = torch.randn(2, 3)
    assert torch.equal(loaded.decode(z), network.decode(z))
    assert card["name"] == "x"
    good = load_tensors(tmp_path / "weights.safetensors")
    name = next(n for n in good if n.endswith("weight"))
    for bad in (
        {**good, name: good[name] * float("nan")},
        {**good, name: good[name][:1]},
        {n: t for n, t in good.items() if n != name},
    ):
        save_tensors(tmp_path / "weights.safetensors", bad)
        with pytest.raises(CheckpointError, match="differ"):
            load_model(tmp_path)
    (tmp_path / "weights.safetensors").write_bytes(b"\x80\x04pickle")
    with pytest.raises(CheckpointError, match="cannot be read"):
        load_model(tmp_path)


def test_the_learning_rate_rises_then_falls_to_nothing():
    config = TrainingConfig(learning_rate=1.0, warmup=0.25)
    rates = [learning_rate(step, 100, config) for step in range(100)]
    assert int(np.argmax(rates)) == 25
    assert rates[0] < 0.05
    assert rates[-1] < 0.01


def test_augmentation_mirrors_and_shifts_but_invents_no_pixels():
    pixels = torch.arange(32, dtype=torch.uint8).expand(64, 3, 32, 32)
    moved = augment(pixels, TrainingConfig(flip=True, shift=3), torch.Generator().manual_seed(0))
    assert moved.shape == pixels.shape
    assert moved.dtype == torch.uint8
    assert set(moved.unique().tolist()) <= set(range(32))
    steps = moved[:, 0, 0].int().diff(dim=1)
    assert (steps.abs() <= 1).all()
    assert 0 < (steps.sum(1) < 0).sum() < 64  # some are mirrored, some are not

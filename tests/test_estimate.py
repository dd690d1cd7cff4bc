"""What is said of a training before it begins: counts, memory, time, refusals."""

import io
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from model.config import NetworkConfig, ObjectiveConfig, RunConfig, Settings, TrainingConfig
from model.data.catalogue import OWN, count_images
from model.data.folder import load_folder
from model.estimate import estimate, main
from model.networks import Autoencoder, count_parameters
from model.presets import PRESETS
from model.runs.lock import hold
from model.training import memory
from model.training.feasibility import RefusedError
from tests.conftest import TINY

QUICK = replace(TINY, training=TrainingConfig(epochs=3, batch_size=16))
CPU = torch.device("cpu")


@pytest.fixture
def settings(synthetic_dataset_folder, tmp_path):
    return Settings(synthetic_dataset_folder, tmp_path)


@pytest.mark.parametrize("name", PRESETS)
def test_parameters_are_those_of_the_network_that_is_trained(name):
    config = PRESETS[name].config
    encoder, decoder, trained = memory.empty_network(config, 10)
    autoencoder = Autoencoder(config.network)
    assert encoder + decoder == count_parameters(autoencoder)
    assert (trained > encoder + decoder) == bool(config.objective.guidance)
    assert encoder >= count_parameters(autoencoder.encoder)


def test_an_estimate_adds_up(settings):
    found = estimate(QUICK, settings, OWN)
    assert found["code"] == [3072, 3]
    assert found["images"] == 60
    assert found["memory_bytes"] < found["memory_available"]
    assert found["seconds"] == pytest.approx(3 * found["seconds_per_epoch"])
    assert found["seconds_per_epoch"] > 3 * 16 / found["images_per_second"]  # three steps, and the epoch's end


def test_a_share_of_the_images_takes_a_share_of_the_time_but_no_less_memory(settings):
    half = replace(QUICK, training=replace(QUICK.training, share=0.5, batch_size=30))
    assert estimate(half, settings, OWN)["images"] == 30
    whole, part = (
        memory.footprint(replace(QUICK, training=replace(QUICK.training, share=share)), 1000, 0, 0, 0).images
        for share in (1.0, 0.5)
    )
    assert part == 1.5 * whole


def test_images_are_counted_as_the_data_set_has_them(settings):
    for split in ("train", "test"):
        dataset = load_folder(settings.data, split)
        assert count_images(settings, OWN, split) == (len(dataset), len(dataset.classes))


def test_another_training_of_this_home_makes_it_busy(settings):
    with hold(settings.runs / "other"):
        assert estimate(QUICK, settings, OWN)["busy"]


def refusal(config, settings):
    with pytest.raises(RefusedError) as caught:
        estimate(config, settings, OWN)
    return caught.value


def test_a_batch_larger_than_the_data_is_refused_with_the_largest_that_fits(settings):
    refused = refusal(replace(QUICK, training=TrainingConfig(batch_size=128)), settings)
    assert refused.reason == "batch"
    assert str(refused) == "A step takes 128 images, but there are only 60. Take a batch size of at most 60."
    assert refused.known["encoder_parameters"] > 0


def test_a_batch_larger_than_the_share_names_the_share(settings):
    refused = refusal(replace(QUICK, training=TrainingConfig(batch_size=16, share=0.1)), settings)
    assert "only 6 (10.0% of the training images)" in str(refused)


def test_a_folder_without_pictures_is_refused(tmp_path):
    assert refusal(QUICK, Settings(tmp_path / "nowhere", tmp_path)).reason == "data"


def test_a_network_that_does_not_fit_into_the_memory_is_refused_before_it_is_built(settings, monkeypatch):
    monkeypatch.setattr(memory, "available", lambda device: 10**9)
    wide = replace(QUICK, network=NetworkConfig(encoder_widths=(8192,) * 8, decoder_widths=(8192,) * 8))
    monkeypatch.setattr(memory, "activations", lambda *_: pytest.fail("it was built"))
    refused = refusal(wide, settings)
    assert refused.reason == "memory"
    assert "has 1.0 GB free" in str(refused)
    assert refused.known["memory_bytes"] > 16 * 10**9


def test_what_a_step_keeps_grows_with_the_batch_and_not_with_the_weights():
    small, large = (
        memory.activations(replace(QUICK, training=TrainingConfig(batch_size=size)), 3, CPU) for size in (64, 6400)
    )
    assert 50 < large / small <= 100
    conv = NetworkConfig(encoder="conv", encoder_widths=(16, 32), decoder="conv", decoder_widths=(32, 16))
    assert (
        memory.activations(replace(QUICK, network=conv), 3, CPU) > 16 * 16 * 16 * 16 * 2
    )  # the first layer's output alone


PEAK = """
import json, resource, sys, tempfile
from pathlib import Path
import numpy as np
from model.training import memory
from model.config import RunConfig
from model.data.dataset import ImageDataset
from model.device import best_device
from model.training.loop import Trainer
config = RunConfig.from_dict(json.loads(sys.argv[1]))
count = config.training.batch_size * 2
images = ImageDataset(np.zeros((count, 3, 32, 32), np.uint8), np.zeros(count, np.uint8), ("a", "b"))
few = images.take(16)
_, _, trained = memory.empty_network(config, 2)
kept = memory.activations(config, 2, best_device())
memory.MEASURING = 0  # nothing is measured here
said = memory.footprint(config, count, 16, trained, kept).total
for _ in Trainer(config, images, few, Path(tempfile.mkdtemp())).run():
    pass
print(json.dumps([said, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024]))
"""


@pytest.mark.parametrize(
    "config",
    [
        RunConfig(
            NetworkConfig(encoder_widths=(4096, 2048), decoder_widths=(2048, 4096)), training=TrainingConfig(epochs=1)
        ),
        RunConfig(
            NetworkConfig(8, "conv", (32, 64), "conv", (64, 32), variational=True),
            ObjectiveConfig(beta=1.0, guidance=0.1),
            TrainingConfig(epochs=1, batch_size=2048),
        ),
    ],
    ids=["many weights", "many activations"],
)
def test_memory_is_what_a_training_takes(config):
    done = subprocess.run(
        [sys.executable, "-c", PEAK, json.dumps(config.to_dict())],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parent.parent,
    )
    assert done.returncode == 0, done.stderr
    said, peak = json.loads(done.stdout)
    assert 0.8 < said / peak < 1.5, f"said {said / 1e6:.0f} MB, took {peak / 1e6:.0f} MB"


def test_the_limit_of_a_container_counts(tmp_path):
    own, root = tmp_path / "own", tmp_path / "cgroup"
    inner = root / "slice" / "box"
    inner.mkdir(parents=True)
    own.write_text("0::/slice/box\n")
    for name, value in {
        "memory.max": "1000",
        "memory.current": "600",
        "memory.stat": "anon 300\ninactive_file 100\n",
    }.items():
        (inner / name).write_text(value)
    (root / "slice" / "memory.max").write_text("max\n")
    assert list(memory.container_limits(own, root)) == [500]
    assert list(memory.container_limits(tmp_path / "none", root)) == []


def test_the_command_prints_json_and_refuses_with_a_reason(settings, monkeypatch, capsys):
    where = ["--data", str(settings.data), "--home", str(settings.home)]
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(QUICK.to_dict())))
    assert main(["--config", "-", *where]) == 0
    assert json.loads(capsys.readouterr().out)["decoder_parameters"] > 0
    monkeypatch.setattr(sys, "stdin", io.StringIO('{"network": {"latent_dim": 99, "encoder_widths": [8]}}'))
    assert main(["--config", "-", *where]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["reason"] == "configuration"
    assert "Take at most 8 latent dimensions" in said["refusal"]
    monkeypatch.setattr(sys, "stdin", io.StringIO("[[["))
    assert main(["--config", "-", *where]) == 1
    assert "no JSON" in json.loads(capsys.readouterr().out)["refusal"]

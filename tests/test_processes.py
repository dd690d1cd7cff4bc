"""Training in processes of its own: several of them do as one, one that is killed loses seconds, and one signal ends it
in a sentence.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from model.checkpoint import load_model, load_tensors
from model.config import Settings
from model.data.dataset import ImageDataset
from model.film.film import epochs
from model.runs.actions import run
from model.runs.folder import RunState
from tests.web import ROOT, free_port

CONFIG = {
    "network": {
        "encoder": "conv",
        "encoder_widths": [4, 8],
        "decoder_widths": [16, 32],
        "latent_dim": 3,
        "variational": True,
    },
    "objective": {"beta": 1.0, "noise": 0.1, "guidance": 0.01},
    "training": {"batch_size": 20, "epochs": 3, "learning_rate": 3e-3, "shift": 2, "precision": "float32"},
}


def environment(home: Path) -> dict[str, str]:
    """One thread: the sums are then made in one order."""
    return {**os.environ, "EXPLORER_HOME": str(home), "OMP_NUM_THREADS": "1"}


def command(data: Path, *options: str) -> list[str]:
    return ["-m", "model.train", "--name", "mine", "--data", str(data), *options]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(CONFIG))
    return path


def state(home: Path) -> dict[str, torch.Tensor]:
    return load_tensors(home / "runs" / "mine" / "state.safetensors")


def trained(home: Path, arguments: list[str]) -> dict[str, torch.Tensor]:
    """The state that a training leaves."""
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment(home), capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return state(home)


def outputs(home: Path, dataset: ImageDataset) -> tuple[torch.Tensor, torch.Tensor]:
    """Latents and reconstructions. Weights would be too strict: a bias that batch normalisation takes away again drifts
    with rounding.
    """
    autoencoder, _ = load_model(home / "models" / "mine")
    with torch.inference_mode():
        latents = autoencoder.encode(torch.from_numpy(dataset.images).float() / 255)
        return latents, autoencoder.decode(latents)


def test_two_processes_train_as_one_does(synthetic_dataset_folder, synthetic_dataset, tmp_path, config):
    one = trained(tmp_path / "one", command(synthetic_dataset_folder, "--config", str(config)))
    together = ["-m", "torch.distributed.run", "--nproc-per-node", "2", "--master-port", str(free_port())]
    two = trained(tmp_path / "two", [*together, *command(synthetic_dataset_folder, "--config", str(config))])
    assert one.keys() == two.keys()
    for alone, shared in zip(
        outputs(tmp_path / "one", synthetic_dataset), outputs(tmp_path / "two", synthetic_dataset), strict=True
    ):
        assert torch.allclose(alone, shared, rtol=1e-3, atol=1e-3)
    histories = [
        json.loads((tmp_path / where / "runs" / "mine" / "run.json").read_text())["history"] for where in ("one", "two")
    ]
    for history in histories:
        assert {0, len(history) - 1} <= {at for at, entry in enumerate(history) if "test_mse" in entry}
    for alone, shared in zip(*histories, strict=True):
        assert shared["train_loss"] == pytest.approx(alone["train_loss"], rel=1e-3)
        if "test_mse" in alone and "test_mse" in shared:  # an epoch between may go untested where time is short
            assert shared["test_mse"] == pytest.approx(alone["test_mse"], rel=1e-3)


def test_a_batch_that_two_processes_cannot_share_is_refused(synthetic_dataset_folder, tmp_path, config):
    together = ["-m", "torch.distributed.run", "--nproc-per-node", "2", "--master-port", str(free_port())]
    arguments = [
        sys.executable,
        *together,
        *command(synthetic_dataset_folder, "--config", str(config), "--batch-size", "15"),
    ]
    done = subprocess.run(arguments, cwd=ROOT, env=environment(tmp_path), capture_output=True, text=True, timeout=300)
    assert done.returncode != 0
    assert "it must be a multiple of 2" in done.stderr


def killed_in_epoch(home: Path, epoch: int, arguments: list[str]) -> None:
    """Start a training and kill it, without warning, once it has said that epoch and kept one."""
    with subprocess.Popen(
        [sys.executable, *arguments], cwd=ROOT, env=environment(home), stdout=subprocess.PIPE, text=True
    ) as process:
        for line in process.stdout:
            if line.startswith(f"epoch {epoch}/"):
                break
        while not (home / "runs" / "mine" / "state.safetensors").is_file():
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)


def test_a_killed_run_is_marked_so_and_ends_as_an_uninterrupted_one(synthetic_dataset_folder, tmp_path, config):
    whole = trained(tmp_path / "whole", command(synthetic_dataset_folder, "--config", str(config), "--epochs", "200"))
    home = tmp_path / "parts"
    killed_in_epoch(home, 5, command(synthetic_dataset_folder, "--config", str(config), "--epochs", "200"))
    found = run(Settings(None, home), "mine")
    assert found.state == RunState.INTERRUPTED
    assert int(state(home)["epoch"]) <= found.epoch < 200  # the record is written first
    resumed = trained(home, command(synthetic_dataset_folder, "--resume"))
    assert run(Settings(None, home), "mine").state == RunState.FINISHED
    for name, tensor in whole.items():
        assert torch.equal(tensor, resumed[name]), name
    frames = epochs(home / "runs" / "mine" / "film")
    assert (frames[0], frames[-1]) == (0, 200)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_leaves_a_model_and_goes_on(synthetic_dataset_folder, tmp_path, config, number):
    arguments = [sys.executable, *command(synthetic_dataset_folder, "--config", str(config), "--epochs", "4000")]
    said = []
    with subprocess.Popen(arguments, cwd=ROOT, env=environment(tmp_path), stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            if line.startswith("epoch 3/"):
                process.send_signal(number)
            said.append(line)
            if line.startswith("model: "):
                break
    assert process.wait() == 0
    stopped = run(Settings(None, tmp_path), "mine")
    assert (stopped.state, stopped.has_model, stopped.can_resume) == (RunState.STOPPED, True, True)
    assert 3 <= stopped.epoch < 4000
    assert f"stopped after epoch {stopped.epoch}; go on with --resume\n" in said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_pytorch_is_being_loaded_ends_the_program_in_one_sentence(
    synthetic_dataset_folder, tmp_path, number
):
    arguments = [sys.executable, "-X", "importtime", *command(synthetic_dataset_folder)]
    with subprocess.Popen(arguments, cwd=ROOT, env=environment(tmp_path), stderr=subprocess.PIPE, text=True) as process:
        lines = iter(process.stderr.readline, "")
        next(line for line in lines if line.rstrip().endswith("torch._utils"))  # PyTorch is in the middle of it
        process.send_signal(number)
        said = [line for line in lines if not line.startswith("import time:")]
    assert process.returncode == 130
    assert "".join(said).strip() == "stopped before the training began"


def test_several_processes_are_started_and_stopped_as_one(synthetic_dataset_folder, tmp_path, config):
    """Ctrl-C in a terminal goes to all of them, and the launcher passes it on once more."""
    arguments = [
        sys.executable,
        *command(synthetic_dataset_folder, "--config", str(config), "--epochs", "4000", "--processes", "2"),
    ]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(
        arguments, cwd=ROOT, env=environment(tmp_path), text=True, start_new_session=True, **pipes
    ) as process:
        for line in process.stdout:
            if line.startswith("epoch 3/"):
                break
        os.killpg(process.pid, signal.SIGINT)
        said, errors = process.communicate()
    stopped = run(Settings(None, tmp_path), "mine")
    assert (stopped.state, stopped.has_model, process.returncode) == (RunState.STOPPED, True, 130)
    assert f"stopped after epoch {stopped.epoch}; go on with --resume" in said
    assert stopped.epoch >= 3
    assert "Traceback" not in errors
    assert len(errors.splitlines()) <= 1, errors


def test_a_run_cannot_be_trained_twice_at_once(synthetic_dataset_folder, tmp_path, config):
    arguments = [sys.executable, *command(synthetic_dataset_folder, "--config", str(config), "--epochs", "4000")]
    with subprocess.Popen(arguments, cwd=ROOT, env=environment(tmp_path), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline().startswith("epoch 1/")
        second = subprocess.run(
            [sys.executable, *command(synthetic_dataset_folder, "--resume")],
            cwd=ROOT,
            env=environment(tmp_path),
            capture_output=True,
            text=True,
            timeout=120,
        )
        process.kill()
    assert second.returncode == 1
    assert "is being trained by another process" in second.stderr

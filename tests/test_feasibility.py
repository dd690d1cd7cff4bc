"""Whether a training can run here: the same answer for the form, the API, the shell and the training process."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from model.config import NetworkConfig, RunConfig, TrainingConfig
from model.errors import ConfigError
from model.presets import PRESETS
from model.training import feasibility, memory
from model.training.feasibility import Counts, RefusedError
from tests.conftest import TINY
from tests.web import ROOT

CPU = torch.device("cpu")
COUNTS = Counts(50_000, 10_000, 10)
WIDE = replace(TINY, network=NetworkConfig(encoder_widths=(8192,) * 8, decoder_widths=(8192,) * 8))
KINDS = {
    **{name: PRESETS[name].config.network for name in ("default", "denoising", "beta-vae")},
    "conv": NetworkConfig(3, "conv", (8, 16, 32, 64), "conv", (64, 32, 16, 8), "tanh", "batch", "layer"),
    "residual": NetworkConfig(3, "residual", (64,) * 8, "residual", (64,) * 8, "silu", "layer", "batch"),
    "skip": NetworkConfig(3, "dense", (16,) * 8, "dense", (16,) * 8, linear_skip=True, variational=True),
}


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> object:
    """`free(bytes)` is what the machine has left."""
    return lambda count: monkeypatch.setattr(memory, "available", lambda device: count)


@pytest.mark.parametrize("network", KINDS.values(), ids=KINDS)
def test_the_quick_bound_is_never_below_what_is_measured(network: NetworkConfig) -> None:
    config = RunConfig(network, training=TrainingConfig(batch_size=256, precision="float32"))
    trained = memory.empty_network(config, 10)[2]
    assert memory.activations_most(config, trained) >= memory.activations(config, 10, CPU)


def test_what_surely_fits_is_known_without_a_tensor(free: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "activations", lambda *_: pytest.fail("it was measured"))
    free(64 * 10**9)
    assert feasibility.is_certain(PRESETS["default"].config, COUNTS)
    feasibility.check(PRESETS["default"].config, COUNTS, CPU)


def test_what_may_or_may_not_fit_is_left_to_the_measurement(free: object) -> None:
    config = replace(PRESETS["denoising"].config, training=TrainingConfig(batch_size=8192))
    trained = memory.empty_network(config, 10)[2]
    least, most = (
        memory.footprint(config, 50_000, 10_000, trained, kept).total
        for kept in (0, memory.activations_most(config, trained))
    )
    free((least + most) // 2)
    assert not feasibility.is_certain(config, COUNTS)


@pytest.mark.parametrize(
    "ask",
    [
        feasibility.is_certain,
        lambda *asked: feasibility.check(*asked, CPU),
        lambda *asked: feasibility.requirements(*asked, CPU),
    ],
)
def test_everybody_is_refused_with_the_same_sentence(free: object, ask: object) -> None:
    free(10**9)
    with pytest.raises(
        RefusedError,
        match=r"needs about [0-9.]+ GB of memory, and this computer has [0-9.]+ GB free. Take smaller layers",
    ) as refused:
        ask(WIDE, COUNTS)
    assert refused.value.reason == "memory"
    with pytest.raises(RefusedError, match="A step takes 128 images, but there are only 60"):
        ask(TINY, Counts(60, 12, 3))
    assert isinstance(refused.value, ConfigError)


def test_what_a_process_holds_already_is_part_of_what_it_needs(free: object, monkeypatch: pytest.MonkeyPatch) -> None:
    config = PRESETS["default"].config
    needed = memory.footprint(
        config, 50_000, 10_000, memory.empty_network(config, 10)[2], memory.activations(config, 10, CPU)
    ).total
    free(needed - memory.resident() + 50_000_000)
    feasibility.check(config, COUNTS, CPU)
    monkeypatch.setattr(memory, "resident", lambda: 0)
    free(needed // 2)
    with pytest.raises(RefusedError):
        feasibility.check(config, COUNTS, CPU)


def train(home: Path, data: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", LOOK, "--name", "mine", "--data", str(data), *options]
    return subprocess.run(
        command, cwd=ROOT, env={"EXPLORER_HOME": str(home), "PATH": ""}, capture_output=True, text=True, check=False
    )


LOOK = """
import sys
from pathlib import Path
from model import train
status = train.main(sys.argv[1:])
print("score", Path("/proc/self/oom_score_adj").read_text())
sys.exit(status)
"""


@pytest.mark.skipif(not memory.OOM_SCORE.exists(), reason="Linux alone has it")
def test_the_shell_refuses_too_and_a_trainer_is_the_first_to_end_where_memory_runs_out(
    tmp_path: Path, synthetic_dataset_folder: Path
) -> None:
    (tmp_path / "wide.json").write_text(json.dumps(WIDE.to_dict() | {"training": {"batch_size": 20}}))
    done = train(tmp_path, synthetic_dataset_folder, "--config", str(tmp_path / "wide.json"))
    assert done.returncode == 1
    assert "error: This training needs about" in done.stderr
    assert done.stdout.endswith("score 1000\n\n")
    assert not (tmp_path / "runs" / "mine" / "state.safetensors").exists()

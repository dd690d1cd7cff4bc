"""Configurations validate themselves and survive JSON."""

import json

import pytest

from model.config import NetworkConfig, ObjectiveConfig, RunConfig, Settings, TrainingConfig
from model.errors import ConfigError
from model.presets import PRESETS


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_survives_json(name):
    assert RunConfig.from_dict(json.loads(json.dumps(PRESETS[name].config.to_dict()))) == PRESETS[name].config


@pytest.mark.parametrize(
    ("build", "word"),
    [
        (lambda: NetworkConfig(latent_dim=0), "latent_dim is 0"),
        (lambda: NetworkConfig(latent_dim=257), "between 1 and 256"),
        (lambda: NetworkConfig(encoder="magic"), "dense, conv, residual"),
        (lambda: NetworkConfig(encoder="conv", encoder_widths=(8,) * 5), "takes 1 to 4"),
        (lambda: NetworkConfig(decoder_widths=()), "takes 1 to"),
        (lambda: ObjectiveConfig(power=3), "must be 1 or 2"),
        (lambda: TrainingConfig(learning_rate=float("nan")), "learning_rate is nan"),
        (lambda: TrainingConfig(batch_size=1), "batch_size is 1"),
        (lambda: RunConfig.from_dict({"netwrok": {}}), "netwrok"),
        (lambda: RunConfig.from_dict({"network": {"depth": 3}}), "depth"),
        (lambda: RunConfig.from_dict({"training": {"epochs": "many"}}), "of the kind int"),
    ],
)
def test_a_configuration_that_cannot_work_is_refused_with_the_value_and_what_is_allowed(build, word):
    with pytest.raises(ConfigError, match=word):
        build()


def test_settings_come_from_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path / "home"))
    assert Settings.from_environment() == Settings(tmp_path / "data", tmp_path / "home")

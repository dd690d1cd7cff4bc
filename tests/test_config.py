"""Configurations validate themselves and survive JSON."""

import json
from dataclasses import fields

import pytest

from model.config import OPTIONS, PARTS, NetworkConfig, ObjectiveConfig, RunConfig, Settings, TrainingConfig
from model.errors import ConfigError
from model.fields import options_of
from model.presets import PRESETS
from model.training.options import parser

DECLARED = [(part, field) for part in PARTS.values() for field in fields(part)]
NUMBERS = [(part, field) for part, field in DECLARED if field.type in ("int", "float")]


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


@pytest.mark.parametrize(("part", "field"), DECLARED, ids=[field.name for _, field in DECLARED])
def test_a_field_declares_what_it_may_hold_and_explains_itself(part, field):
    declared = OPTIONS[field.name]
    assert declared is options_of(part)[field.name]
    assert len(declared.help.split()) >= 3
    if field.type in ("int", "float") and not declared.choices:
        assert declared.low <= field.default <= declared.high
        assert {type(declared.low), type(declared.high), type(declared.step)} == {type(field.default)}
    if field.type == "str":
        assert field.default in declared.choices


@pytest.mark.parametrize(("part", "field"), NUMBERS, ids=[field.name for _, field in NUMBERS])
def test_validation_refuses_what_lies_outside_of_what_is_declared(part, field):
    declared = OPTIONS[field.name]
    if declared.choices:
        return
    for value in (declared.low - declared.step, declared.high + declared.step):
        with pytest.raises(ConfigError) as refused:
            part(**{field.name: value})
        assert (refused.value.id, refused.value.field) == ("value.range", field.name)
        assert refused.value.values["low"] is declared.low
        assert refused.value.values["high"] is declared.high
    linear = {"linear_skip": True} if part is NetworkConfig else {}  # which lets a code be as wide as it likes
    for value in (declared.low, declared.high):
        assert getattr(part(**{field.name: value}, **linear), field.name) == value


def test_the_command_line_reads_what_the_fields_declare():
    actions = {action.dest: action for action in parser()._actions}
    for name, declared in OPTIONS.items():
        said = actions[name].help.replace("%%", "%")
        assert said.startswith(declared.help)
        assert actions[name].choices is (declared.choices or None)
        if declared.low is not None:
            assert said.endswith(f"({declared.low:.12g} to {declared.high:.12g})")


def test_the_layers_of_a_half_are_as_many_and_as_wide_as_is_declared():
    for widths, id in (((8,) * 5, "network.layers"), ((OPTIONS["encoder_widths"].high + 1,), "network.layer")):
        with pytest.raises(ConfigError) as refused:
            NetworkConfig(encoder="conv", encoder_widths=widths)
        assert (refused.value.id, refused.value.field) == (id, "encoder_widths")


def test_settings_come_from_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path / "home"))
    assert Settings.from_environment() == Settings(tmp_path / "data", tmp_path / "home")

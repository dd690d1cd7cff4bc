"""The form for a training: its values and the configuration that they make, and the form itself in Streamlit's test
runner.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app.text import strings
from app.views.form.summary import duration, size
from app.views.form.values import (
    HALVES,
    SHAPES,
    configuration,
    drawn,
    layers,
    parse_widths,
    sliders_for,
    spelled,
    values_of,
    with_power,
)
from model.config import BLOCKS, DEEPEST, NORMALISATIONS, OPTIONS, NetworkConfig, ObjectiveConfig, RunConfig, Settings
from model.errors import ConfigError
from model.presets import PRESETS
from model.runs import actions
from tests.web import forget

PATIENCE = 300
SCRIPT = "from app.views.form import form\nfrom app.text import strings\nform('en', strings('en'))"
SAID = strings("en")


def test_the_same_with_another_n_is_a_training_of_that_n_whatever_its_loss_was() -> None:
    huber = RunConfig(objective=ObjectiveConfig(loss="huber"))
    config, problems = configuration(values_of(with_power(huber, 1)))
    assert not problems
    assert config
    assert (config.objective.loss, config.objective.power) == ("power", 1)
    assert with_power(config, 1) == config


@pytest.mark.parametrize("preset", PRESETS)
def test_the_form_filled_by_a_preset_makes_the_presets_configuration(preset: str) -> None:
    config, problems = configuration(values_of(PRESETS[preset].config))
    assert (config, problems) == (PRESETS[preset].config, {})


def test_every_preset_can_be_said_by_every_control() -> None:
    """A slider or number field that a preset's value does not fit would show another value than it has."""
    for preset in PRESETS.values():
        values = values_of(preset.config)
        for half in HALVES:
            shapes = SHAPES[values[half]]
            assert values[f"{half}_width"] in shapes.widths
            assert 1 <= values[f"{half}_depth"] <= DEEPEST[values[half]]
        assert 0.01 <= values["noise"] <= 1
        assert 0.01 <= values["share"] <= 1


def test_what_is_switched_off_weighs_nothing() -> None:
    values = values_of(RunConfig())
    assert (values["noise"], values["beta"], values["guidance"]) == (0.2, 4.0, 0.01)  # what the controls begin with
    config, _ = configuration(values)
    assert config is not None
    assert config.objective == ObjectiveConfig()
    config, _ = configuration({**values, "corruption": "masking", "variational": True, "guided": True})
    assert config is not None
    assert config.objective == ObjectiveConfig(corruption="masking", noise=0.2, beta=4.0, guidance=0.01)


@pytest.mark.parametrize("kind", SHAPES)
@pytest.mark.parametrize("half", HALVES)
def test_whatever_the_sliders_say_can_be_built(kind: str, half: str) -> None:
    shapes = SHAPES[kind]
    for width in shapes.widths:
        for depth in range(1, DEEPEST[kind] + 1):
            widths = drawn(kind, half, width, depth)
            assert len(widths) == depth
            assert sliders_for(half, kind, widths) == {f"{half}_width": width, f"{half}_depth": depth}
            values = {**values_of(RunConfig()), "same": False, half: kind, f"{half}_widths": spelled(widths)}
            config, problems = configuration(values)
            assert config is not None, problems


@pytest.mark.parametrize(
    ("text", "widths"), [("1024, 512", (1024, 512)), ("8", (8,)), (" 1 2\t3,4 ", (1, 2, 3, 4)), ("16,,8,", (16, 8))]
)
def test_widths_are_read_as_people_type_them(text: str, widths: tuple[int, ...]) -> None:
    assert parse_widths(text, "encoder_widths") == widths


@pytest.mark.parametrize("text", ["", " ", "wide", "1024; 512", "-8", "1.5", "³", "1e3", "9999999"])
def test_widths_that_are_none_get_a_sentence_at_their_control(text: str) -> None:
    with pytest.raises(ConfigError, match="whole numbers with commas"):
        parse_widths(text, "encoder_widths")
    config, problems = configuration({**values_of(RunConfig()), "decoder_widths": text})
    assert config is None
    assert list(problems) == ["decoder_widths"]


@pytest.mark.parametrize(
    ("changes", "control"),
    [
        ({"latent_dim": 200, "encoder_widths": "64"}, "latent_dim"),
        ({"encoder_widths": "1, 1, 1, 1, 1, 1, 1, 1, 1"}, "encoder_widths"),
        ({"decoder_widths": "100000"}, "decoder_widths"),
        ({"batch_size": 1}, "batch_size"),
        ({"learning_rate": float("nan")}, "learning_rate"),
        ({"activation": "sinus"}, "activation"),
    ],
)
def test_an_error_of_the_configuration_stands_at_the_control_that_it_names(
    changes: dict[str, Any], control: str
) -> None:
    config, problems = configuration({**values_of(RunConfig()), **changes})
    assert config is None
    assert list(problems) == [control]


def test_an_error_that_names_no_control_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> RunConfig:
        raise ConfigError("config.kind", part="RunConfig", reason="odd")

    monkeypatch.setattr("app.views.form.values.RunConfig", refuse)
    config, problems = configuration(values_of(RunConfig()))
    assert config is None
    assert problems == {"": "A field of RunConfig has a value of the wrong kind (odd)."}


def test_the_way_of_an_image_is_said_in_numbers() -> None:
    assert (
        layers(RunConfig(NetworkConfig(3, encoder_widths=(1024, 512), decoder_widths=(256,))))
        == "3,072 → 1,024 → 512 → **3** → 256 → 3,072"
    )
    conv = NetworkConfig(8, encoder="conv", encoder_widths=(16, 32), decoder="conv", decoder_widths=(32, 16))
    assert layers(RunConfig(conv)) == "3,072 → 16 × 16² → 32 × 8² → **8** → 32 × 8² → 16 × 16² → 3,072"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.04, "0.0 s"), (5.26, "5.3 s"), (57.4, "57 s"), (89, "89 s"), (120, "2 min"), (3700, "1 h 1 min")],
)
def test_times_are_said_as_people_say_them(seconds: float, words: str) -> None:
    assert duration(seconds, SAID) == words


def test_memory_is_said_as_people_say_it() -> None:
    assert [size(count) for count in (10, 5_000_000, 1_500_000_000)] == ["1 MB", "5 MB", "1.5 GB"]


@pytest.fixture
def home(tmp_path: Path, synthetic_dataset_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty EXPLORER_HOME with images to train on."""
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path))
    monkeypatch.setenv("EXPLORER_DATA", str(synthetic_dataset_folder))
    forget()
    yield tmp_path
    forget()


def opened() -> AppTest:
    return run(AppTest.from_string(SCRIPT, default_timeout=PATIENCE))


def run(page: AppTest) -> AppTest:
    page.run()
    assert [exception.value for exception in page.exception] == []
    return page


def control(page: AppTest, kind: str, name: str) -> Any:
    (found,) = [each for each in page.get(kind) if re.fullmatch(rf"design_{name}_\d+", each.key or "")]
    return found


def start_button(page: AppTest) -> Any:
    return next(button for button in page.button if button.key in ("begin", "begin_disabled"))


def test_a_preset_fills_every_control_and_names_what_has_no_name(home: Path) -> None:
    page = opened()
    assert control(page, "text_input", "title").placeholder == "One minute"
    control(page, "selectbox", "preset").set_value("beta-vae")
    run(page)
    preset = PRESETS["beta-vae"]
    assert control(page, "text_input", "title").placeholder == preset.title["en"]
    assert control(page, "number_input", "latent_dim").value == preset.config.network.latent_dim
    assert control(page, "number_input", "beta").value == preset.config.objective.beta
    control(page, "text_input", "title").set_value("Mine")
    run(page)
    control(page, "selectbox", "preset").set_value("default")
    run(page)
    assert control(page, "text_input", "title").value == "Mine"
    assert not [each for each in page.number_input if "beta" in (each.key or "")]


def test_a_control_is_sent_with_its_value_however_often_it_is_drawn(home: Path) -> None:
    """Where one change follows another at once, the browser gets the second drawing only: it must say as much as the
    first.
    """
    page = opened()
    control(page, "selectbox", "preset").set_value("latent-64")
    run(page)
    control(page, "text_input", "title").set_value("Sixty-four")
    run(page)
    sent = {
        name: control(page, kind, name).proto
        for kind, name in (
            ("number_input", "latent_dim"),
            ("slider", "encoder_depth"),
            ("select_slider", "encoder_width"),
            ("text_input", "encoder_widths"),
            ("toggle", "linear_skip"),
            ("selectbox", "encoder_normalisation"),
            ("button_group", "encoder"),
            ("text_input", "title"),
        )
    }
    network = PRESETS["latent-64"].config.network
    assert sent["latent_dim"].default == network.latent_dim == 64
    assert list(sent["encoder_depth"].default) == [len(network.encoder_widths)]
    assert sent["encoder_width"].options[int(sent["encoder_width"].default[0])] == f"{network.encoder_widths[0]:,}"
    assert sent["encoder_widths"].default == spelled(network.encoder_widths)
    assert sent["linear_skip"].default is network.linear_skip is True
    assert sent["encoder_normalisation"].default == NORMALISATIONS.index(network.encoder_normalisation)
    assert list(sent["encoder"].default) == [BLOCKS.index(network.encoder)]
    assert sent["title"].default == "Sixty-four"


def test_a_slider_keeps_its_value_where_another_kind_of_network_gives_it_another_end(home: Path) -> None:
    page = opened()
    control(page, "slider", "encoder_depth").set_value(3)
    run(page)
    control(page, "button_group", "encoder").set_value("conv")
    run(page)
    assert control(page, "slider", "encoder_depth").value == SHAPES["conv"].depth == 3
    assert control(page, "text_input", "encoder_widths").value == "32, 64, 128"


def test_sliders_and_text_say_the_same_widths(home: Path) -> None:
    page = opened()
    control(page, "slider", "encoder_depth").set_value(3)
    run(page)
    assert control(page, "text_input", "encoder_widths").value == "1024, 512, 256"
    control(page, "text_input", "encoder_widths").set_value("70, 70, 70, 70")
    run(page)
    assert (control(page, "slider", "encoder_depth").value, control(page, "select_slider", "encoder_width").value) == (
        4,
        64,
    )
    assert control(page, "text_input", "encoder_widths").value == "70, 70, 70, 70"


def test_another_kind_of_network_brings_widths_that_fit_it(home: Path) -> None:
    page = opened()
    control(page, "button_group", "encoder").set_value("conv")
    run(page)
    assert control(page, "text_input", "encoder_widths").value == "32, 64, 128"
    assert control(page, "text_input", "decoder_widths").value == "128, 64, 32"
    control(page, "toggle", "same").set_value(False)
    run(page)
    control(page, "button_group", "decoder").set_value("dense")
    run(page)
    assert control(page, "text_input", "encoder_widths").value == "32, 64, 128"
    assert control(page, "text_input", "decoder_widths").value == "1024, 1024"


def test_what_does_not_fit_is_red_at_its_control_and_cannot_be_started(home: Path) -> None:
    page = opened()
    control(page, "text_input", "decoder_widths").set_value("two layers")
    run(page)
    assert any(
        "decoder_widths is 'two layers'" in each.value and each.value.startswith(":red[") for each in page.markdown
    )
    assert start_button(page).disabled
    control(page, "text_input", "decoder_widths").set_value("16")
    control(page, "text_input", "encoder_widths").set_value("16")
    control(page, "number_input", "latent_dim").set_value(17)
    run(page)
    assert any("latent_dim is 17" in each.value for each in page.markdown)
    assert start_button(page).disabled


def test_the_korean_form_says_in_korean_what_does_not_fit(home: Path) -> None:
    page = run(AppTest.from_string(SCRIPT.replace("'en'", "'ko'"), default_timeout=PATIENCE))
    control(page, "text_input", "decoder_widths").set_value("two layers")
    run(page)
    assert any(
        "정수를 쉼표로" in each.value and each.value.startswith(f":red[{strings('ko')['form.decoder.title']}")
        for each in page.markdown
    )


DRAWN = """
import streamlit as st
from app.text import strings
from app.views.form.controls import Controls
from app.views.form.values import values_of
from model.config import RunConfig

class Paper:
    values = {**values_of(RunConfig()), "variational": True, "guided": True, "corruption": "masking", "same": False}

    def draw(self, widget, name, label, **options):
        st.session_state[name] = options

controls = Controls(Paper(), {}, strings("en"))
for tab in (controls.network, controls.objective, controls.training, controls.data):
    tab()
"""


def test_the_controls_have_the_limits_and_choices_that_the_configuration_declares() -> None:
    drawn = run(AppTest.from_string(DRAWN)).session_state
    for name, declared in OPTIONS.items():
        options = drawn[name]
        assert options["help"]
        if declared.choices:
            assert options["options"][-len(declared.choices) :] == declared.choices
            assert set(options["options"]) - set(declared.choices) <= {"none"}
        elif declared.step is not None:
            assert options["min_value"] is (declared.step if name in ("noise", "share") else declared.low)
            assert options["max_value"] is declared.high
            assert options["step"] is declared.step


def measured(page: AppTest) -> AppTest:
    """The form once the estimate has come."""
    end = time.monotonic() + PATIENCE
    while SAID["form.measuring"] in " ".join(each.proto.body for each in page.get("html")):
        assert time.monotonic() < end, "The estimate never came."
        time.sleep(0.5)
        run(page)
    return page


def test_a_training_is_measured_refused_with_the_reason_and_then_started(home: Path) -> None:
    page = opened()
    assert start_button(page).disabled  # not before it is known whether it can run
    measured(page)  # 128 images a step, but there are only 60
    assert start_button(page).disabled
    (refusal,) = [error.value for error in page.error]
    assert refusal.startswith(SAID["form.refused.batch"].split("{")[0])
    assert "60" in refusal
    control(page, "number_input", "batch_size").set_value(20)
    control(page, "text_input", "encoder_widths").set_value("8")
    control(page, "text_input", "decoder_widths").set_value("16")
    control(page, "number_input", "epochs").set_value(3)
    control(page, "text_input", "title").set_value("From the form")
    run(page)
    measured(page)
    assert [error.value for error in page.error] == []
    assert not start_button(page).disabled
    start_button(page).click()
    run(page)
    (found,) = actions.runs(Settings(None, home))
    one_minute = PRESETS["one-minute"].config
    network = replace(one_minute.network, encoder_widths=(8,), decoder_widths=(16,))
    assert RunConfig.from_dict(found.config) == RunConfig(
        network, one_minute.objective, replace(one_minute.training, epochs=3, batch_size=20)
    )
    assert (found.title["en"], found.preset) == ("From the form", "one-minute")


def test_without_images_the_form_says_what_to_do(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EXPLORER_DATA")
    forget()
    page = opened()
    assert "EXPLORER_DATA" in page.markdown[0].value
    assert [button.label for button in page.button] == [SAID["data.download"].format(title="CIFAR-10")]
    assert not page.text_input


def test_coming_from_explore_and_opening_the_form_starts_nothing(home: Path) -> None:
    page = AppTest.from_file(str(Path(__file__).parents[1] / "app" / "main.py"), default_timeout=PATIENCE)
    page.query_params["lang"] = "en"
    run(page)
    run(page.switch_page("views/train.py"))
    next(button for button in page.button if button.key == "new").click()
    run(page)
    assert control(page, "text_input", "title").placeholder == "One minute"
    assert actions.runs(Settings(None, home)) == []

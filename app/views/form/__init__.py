"""The form for a new training, in a dialog. What is filled in stays when the dialog is closed, until the training is
started.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from functools import partial

import streamlit as st

from app import resources
from app.replies import Refusal
from app.routes import classroom, downloads, runs
from app.text import strings
from app.text.errors import translated
from app.views.form import dataset
from app.views.form.controls import Controls
from app.views.form.draft import Draft
from app.views.form.link import FIRST, FormLink
from app.views.form.session import asker
from app.views.form.summary import summary
from app.views.form.values import configuration, values_of, with_power
from model.config import RunConfig
from model.data.catalogue import title_of
from model.errors import ExplorerError
from model.presets import PRESETS, preset_config
from model.runs import actions
from model.runs.actions import Run

_NUMBERS = itertools.count(1)
TABS = ("network", "objective", "training", "data")


def ask_for_training(language: str) -> None:
    """Open the dialog."""
    said = strings(language)
    st.dialog(said["form.title"], width="large", on_dismiss="rerun")(form)(language, said)


def begin_from(run: Run, language: str, power: int | None = None) -> None:
    """Fill the form with the configuration of an earlier run, with another n of |f(x) - x|^n where one is given.
    Raises ConfigError.
    """
    said, title = strings(language), run.title[language]
    dataset = run.dataset if run.dataset in resources.dataset_names() else resources.dataset_names()[0]
    config = RunConfig.from_dict(run.config)
    changed = config if power is None else with_power(config, power)
    if changed == config:
        preset = run.preset if run.preset in PRESETS else None
        return _begin(config, dataset, preset, said["form.copy"].format(title=title))
    _begin(changed, dataset, None, said["form.copy.power"].format(title=title, n=power))


def begin_with(preset: str, dataset: str) -> None:
    """Fill the form with a preset for a data set."""
    _begin(preset_config(preset, dataset), dataset, preset, "")


def begin_by(link: FormLink, language: str) -> None:
    """Fill the form as a link asks for. Raises UnknownRunError, ConfigError."""
    if link.run is None:
        return begin_with(link.preset, link.dataset)
    begin_from(actions.run(resources.settings(), link.run), language, link.power)


def form(language: str, said: Mapping[str, str]) -> None:
    """What stands in the dialog: the controls, and beside them what they come to."""
    if sentence := classroom.locked_training(asker()):
        st.info(translated(sentence, language), icon=":material/lock:")
        return
    if "design" not in st.session_state:
        begin_with(FIRST, resources.dataset_names()[0])
    draft: Draft = st.session_state.design
    chosen = _dataset_choice(draft, language, said)
    if downloads.current(chosen).state != "ready":
        return dataset.missing(chosen, language)
    taken = partial(_taken, draft, language)
    _, problems = taken()
    form, beside = st.columns([5, 3], gap="large")
    with form:
        _heading(draft, language, said)
        controls = Controls(draft, problems, said)
        for name, tab in zip(TABS, st.tabs([said[f"form.tab.{name}"] for name in TABS]), strict=True):
            with tab:
                getattr(controls, name)()
    with beside:
        summary(chosen, taken, language, partial(_start, language))


def _taken(draft: Draft, language: str) -> tuple[RunConfig | None, dict[str, str]]:
    """What the controls come to as they stand in the browser now, and what is wrong with them."""
    draft.take()
    config, problems = configuration(draft.values)
    return config, {name: translated(sentence, language) for name, sentence in problems.items()}


def _dataset_choice(draft: Draft, language: str, said: Mapping[str, str]) -> str:
    names = list(resources.dataset_names())
    chosen = draft.draw(
        st.segmented_control,
        "dataset",
        said["form.dataset"],
        options=names,
        format_func=lambda name: title_of(name, language),
        required=True,
        help=said["form.dataset.help"],
        on_change=partial(_take_preset, draft),
    )
    return str(chosen)


def _heading(draft: Draft, language: str, said: Mapping[str, str]) -> None:
    left, right = st.columns(2, gap="medium")
    preset = draft.draw(
        left.selectbox,
        "preset",
        said["form.preset"],
        options=[*PRESETS],
        format_func=lambda name: PRESETS[name].title[language],
        filter_mode=None,
        help=said["form.preset.help"],
        placeholder=said["form.preset.own"],
        on_change=partial(_take_preset, draft),
    )
    usual = PRESETS[preset].title[language] if preset else None
    draft.draw(
        right.text_input,
        "title",
        said["form.name"],
        placeholder=usual,
        max_chars=actions.TITLE_MOST,
        help=said["form.name.help"],
    )
    st.caption(PRESETS[preset].description[language] if preset else said["form.preset.help"])


def _take_preset(draft: Draft) -> None:
    """Every control follows."""
    if preset := draft.now("preset"):
        for name, value in values_of(preset_config(preset, draft.now("dataset"))).items():
            draft.write(name, value)


def _begin(config: RunConfig, dataset: str, preset: str | None, title: str) -> None:
    st.session_state.design = Draft({**values_of(config), "dataset": dataset, "preset": preset, "title": title})


def _start(language: str, config: RunConfig) -> str | None:
    """Queue the training and close the dialog; or the reason why it cannot be."""
    draft: Draft = st.session_state.design
    title, preset = draft.now("title"), draft.now("preset")
    if preset and not title.strip():
        title = PRESETS[preset].title[language]
    try:
        name = runs.start(title, draft.now("dataset"), config, preset, asker())
    except (ExplorerError, Refusal) as error:
        return translated(error.message if isinstance(error, ExplorerError) else error.detail, language)
    del st.session_state.design
    st.session_state.begun = (next(_NUMBERS), name)
    st.rerun()

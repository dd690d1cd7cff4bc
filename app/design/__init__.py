"""The form for a new training, in a dialog. What is filled in stays when the dialog is closed, until the training is started."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import streamlit as st

from app import downloads, trainings
from app.design import dataset
from app.design.controls import PREFIX, Controls, forget
from app.design.summary import summary
from app.design.values import Values, configuration, values_of
from app.replies import Refusal
from app.text import strings
from model.config import RunConfig
from model.errors import ExplorerError
from model.presets import PRESETS

FIRST = "one-minute"
_NUMBERS = itertools.count(1)
TABS = ("network", "objective", "training", "data")


def ask_for_training(language: str) -> None:
    """Open the dialog."""
    said = strings(language)
    st.dialog(said["form.title"], width="large", on_dismiss="rerun")(form)(language, said)


def begin_from(config: Mapping[str, Any], preset: str | None, title: str) -> None:
    """Fill the form with the configuration of an earlier run. Raises ConfigError."""
    _fill(values_of(RunConfig.from_dict(config)), preset if preset in PRESETS else None, title)


def form(language: str, said: Mapping[str, str]) -> None:
    """What stands in the dialog: the controls, and beside them what they come to."""
    if downloads.current().state != "ready":
        return dataset.missing(said)
    if "design" not in st.session_state:
        _fill(values_of(PRESETS[FIRST].config), FIRST, PRESETS[FIRST].title[language])
    values: Values = st.session_state.design
    values |= {name: st.session_state[PREFIX + name] for name in values if PREFIX + name in st.session_state}
    config, problems = configuration(values)
    form, beside = st.columns([5, 3], gap="large")
    with form:
        _heading(values, language, said)
        controls = Controls(values, problems, said)
        for name, tab in zip(TABS, st.tabs([said[f"form.tab.{name}"] for name in TABS]), strict=True):
            with tab:
                getattr(controls, name)()
    with beside:
        summary(config, problems, said, _start)


def _heading(values: Values, language: str, said: Mapping[str, str]) -> None:
    left, right = st.columns(2, gap="medium")
    st.session_state.setdefault(f"{PREFIX}preset", values["preset"])
    values["preset"] = left.selectbox(
        said["form.preset"],
        [*PRESETS],
        format_func=lambda name: PRESETS[name].title[language],
        filter_mode=None,
        key=f"{PREFIX}preset",
        help=said["form.preset.help"],
        placeholder=said["form.preset.own"],
        on_change=_took_preset,
        args=(language,),
    )
    st.session_state.setdefault(f"{PREFIX}title", values["title"])
    values["title"] = right.text_input(said["form.name"], key=f"{PREFIX}title", max_chars=80, help=said["form.name.help"])
    st.caption(PRESETS[values["preset"]].description[language] if values["preset"] else said["form.preset.help"])


def _took_preset(language: str) -> None:
    """Every control follows; so does the name, unless a person has given one."""
    preset, title = st.session_state[f"{PREFIX}preset"], st.session_state[f"{PREFIX}title"]
    if preset is None:
        return
    given = title.strip() and title not in {said for known in PRESETS.values() for said in known.title.values()}
    _fill(values_of(PRESETS[preset].config), preset, title if given else PRESETS[preset].title[language])


def _fill(values: Values, preset: str | None, title: str) -> None:
    forget()
    st.session_state.design = {**values, "preset": preset, "title": title}


def _start(config: RunConfig) -> str | None:
    """Queue the training and close the dialog; or the reason why it cannot be."""
    values: Values = st.session_state.design
    try:
        name = trainings.start(values["title"], config, values["preset"])
    except (ExplorerError, Refusal) as error:
        return str(error)
    del st.session_state.design
    forget()
    st.session_state.begun = (next(_NUMBERS), name)
    st.rerun()

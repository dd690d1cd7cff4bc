"""The slim row above a page: the product's name, the way to the other pages, the model or the button for a new
training, help, the language.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from functools import cache
from typing import Any

import streamlit as st
from streamlit.navigation.page import Page

from app import resources
from app.pages import EXPLORE, PAGES, TRAIN, PageEntry
from app.routes import assets
from app.text import LANGUAGES, language_of, lesson_strings, strings
from app.views.share import share
from model.data.catalogue import title_of
from model.errors import CheckpointError


def language() -> str:
    """The language in force: what the person chose in this session, or else the link's, or else the browser's."""
    if "language" in st.session_state:
        return str(st.session_state.language)
    asked = st.query_params.get("lang", "")
    return asked if asked in LANGUAGES else language_of(st.context.locale)


@cache
def _style() -> str:
    """For the addresses whose HTML is Streamlit's own; in ours (app/routes/page.py) it stands already."""
    return f"<style>{(assets.FOLDERS['start'] / 'header.css').read_text(encoding='utf-8')}</style>"


def cards() -> dict[str, dict[str, Any]]:
    """The card of each model that can be read, by name."""
    found: dict[str, dict[str, Any]] = {}
    for name, folder in resources.registry().items():
        try:
            found[name] = resources.card_of(folder)
        except CheckpointError:
            continue
    return found


def header(pages: Mapping[str, Page], current: PageEntry) -> None:
    """Draw the row. On Explore it leaves the chosen model's name in the session as `model`, None without any model."""
    drawn = language()
    said = strings(drawn)
    st.html(_style())
    with st.container(key="header", horizontal=True, vertical_alignment="center"):
        st.header(said["header.title"], anchor=False, width="content")
        _switch(pages, current, said)
        if current is EXPLORE:
            known = cards()
            st.session_state.model = _model_choice(known, said)
            _about(known.get(st.session_state.model, {}))
        else:
            if current is TRAIN:
                _new_training(said)
            st.space("stretch")
        with st.container(key="share", width="content"):
            share(current.name, drawn, said, _lessons(drawn))
        with st.popover(said["header.help"], icon=":material/help:", key="help", width="content"):
            st.markdown(said[current.help])
            if current is EXPLORE:
                st.button(
                    said["help.guide"],
                    icon=":material/checklist:",
                    help=said["help.guide.help"],
                    key="guide_again",
                    on_click=_ask_for_guide,
                )
        st.selectbox(
            said["header.language"],
            list(LANGUAGES),
            index=list(LANGUAGES).index(drawn),
            format_func=LANGUAGES.__getitem__,
            filter_mode=None,
            key="language",
            label_visibility="collapsed",
            width=120,
        )
    if (
        language() != drawn
    ):  # a new session for a page of a server that was restarted: the browser brings the choice with it
        st.rerun()


def _switch(pages: Mapping[str, Page], current: PageEntry, said: Mapping[str, str]) -> None:
    """The pages' links side by side; a link keeps the language in the address, where the next visitor finds it."""
    with st.container(key="switch", horizontal=True, width="content", gap=None):
        for entry in PAGES:
            key = f"switch-{'here' if entry is current else 'to'}-{entry.name}"
            with st.container(key=key, width="content"):
                query = {"lang": language(), **_options()}
                st.page_link(pages[entry.name], label=said[entry.label], help=said[entry.hint], query_params=query)


def _options() -> dict[str, str]:
    """What the link hides, locks and presents: it holds on the other pages too (web/core/link_options.js)."""
    return {name: st.query_params[name] for name in ("hide", "lock", "present") if name in st.query_params}


def _lessons(language: str) -> dict[str, str]:
    """The titles of the lessons by name."""
    said = lesson_strings(language)
    names = {key.partition(".")[0] for key in said}
    return {name: said[f"{name}.title"] for name in sorted(names)}


def _new_training(said: Mapping[str, str]) -> None:
    st.button(
        said["train.new"],
        icon=":material/add:",
        help=said["train.new.help"],
        type="primary",
        key="new",
        on_click=_ask_for_form,
    )


def _ask_for_form() -> None:
    st.session_state.form = "new"


def _ask_for_guide() -> None:
    st.session_state.guide = st.session_state.get("guide", 0) + 1


def _about(card: Mapping[str, Any]) -> None:
    """What the model's card says of it, beside its name."""
    words = html.escape(str(card.get("description", {}).get(language(), "")))
    with st.container(key="about", width="stretch"):
        st.html(f'<p title="{words}" data-testid="about">{words}</p>')


def _model_choice(known: Mapping[str, Mapping[str, Any]], said: Mapping[str, str]) -> str | None:
    """Two lists, the data sets and the models of the chosen one; another data set opens with its first model.

    The lists are new ones in each language: a browser keeps showing the titles that it got first.
    """
    if not known:
        return None
    spoken = language()
    shown_in = {name: resources.dataset_of(card) for name, card in known.items()}
    asked = (st.session_state.get("model", ""), st.query_params.get("model", ""), resources.default_name() or "")
    chosen = next((str(name) for name in asked if name in known), next(iter(known)))
    if len(set(shown_in.values())) > 1:
        _dataset_choice(shown_in, chosen, said)
    models = [name for name, dataset in shown_in.items() if dataset == shown_in[chosen]]
    return st.selectbox(
        said["header.model"],
        models,
        index=models.index(chosen),
        format_func=lambda name: str(known[name]["title"][spoken]),
        filter_mode=None,
        key=f"model_{shown_in[chosen]}_{spoken}",
        label_visibility="collapsed",
        width=260,
    )


def _dataset_choice(shown_in: Mapping[str, str], chosen: str, said: Mapping[str, str]) -> None:
    """The data sets that models are looked at through; another one chooses its first model before the page is drawn
    again.
    """
    spoken = language()
    key = f"dataset_{spoken}"
    names = [name for name in resources.dataset_names() if name in shown_in.values()]
    st.session_state[key] = shown_in[chosen]

    def change() -> None:
        st.session_state.model = next(name for name, dataset in shown_in.items() if dataset == st.session_state[key])

    st.selectbox(
        said["header.dataset"],
        names,
        format_func=lambda name: title_of(name, spoken),
        filter_mode=None,
        key=key,
        on_change=change,
        label_visibility="collapsed",
        width=160,
    )

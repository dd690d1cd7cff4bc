"""The slim row above a page: the product's name, the model, the language, help."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from app import resources
from app.text import LANGUAGES, language_of, strings
from model.checkpoint import read_card
from model.errors import CheckpointError

HEIGHT = "3.5rem"

# Streamlit keeps wide margins around a page; the scene needs the room. Its own menu stays, at the end of our row.
STYLE = f"""<style>
[data-testid="stMainBlockContainer"] {{ padding: 0; max-width: none; }}
[data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] {{ gap: 0; }}
[data-testid="stHeader"] {{ height: {HEIGHT}; min-height: 0; background: none; }}
[data-testid="stHeader"], [data-testid="stHeader"] * {{ pointer-events: none; }}
[data-testid="stHeader"] :is(button, a, button *, a *) {{ pointer-events: auto; }}
[data-testid="stStatusWidget"] {{ display: none; }}
.st-key-header {{ height: {HEIGHT}; padding: 0.5rem 4rem 0.5rem 1.5rem; gap: 0.75rem; flex-wrap: nowrap; }}
.st-key-header h2 {{ font-size: 1.25rem; padding: 0; line-height: 1.2; white-space: nowrap; }}
@media (max-width: 640px) {{
  [data-testid="stHeader"] {{ z-index: 40; }}
  .st-key-header {{ padding: 0.5rem 3rem 0.5rem 0.75rem; gap: 0.5rem; }}
  .st-key-header > :has([data-testid="stHeading"]), .st-key-header > [data-testid="stLayoutWrapper"]:empty, .st-key-header > :has([data-testid="stSpace"]),
  .st-key-help [data-testid="stMarkdownContainer"] {{ display: none; }}
  .st-key-header > [class*="st-key-model_"] {{ flex: 1 1 0; width: auto; min-width: 0; }}
  .st-key-header > .st-key-language {{ flex: none; width: 6.75rem; }}
}}
</style>"""


def language() -> str:
    """The language in force: the link's, or else the browser's; the choice stays for the session."""
    if "language" not in st.session_state:
        asked = st.query_params.get("lang", "")
        st.session_state.language = asked if asked in LANGUAGES else language_of(st.context.locale)
    return str(st.session_state.language)


def titles(language: str) -> dict[str, str]:
    """Title of each model that can be read, by name."""
    found: dict[str, str] = {}
    for name, folder in resources.registry().items():
        try:
            found[name] = str(read_card(folder)["title"][language])
        except CheckpointError:
            continue
    return found


def header(models: Mapping[str, str]) -> str | None:
    """Draw the row; the chosen model's name, or None without any model."""
    said = strings(language())
    st.html(STYLE)
    with st.container(key="header", horizontal=True, vertical_alignment="center"):
        st.header(said["header.title"], anchor=False, width="content")
        model = _model_choice(models, said)
        st.space("stretch")
        with st.popover(said["header.help"], icon=":material/help:", help=said["header.help.hint"], key="help", width="content"):
            st.markdown(said["help.text"])
        st.selectbox(
            said["header.language"],
            list(LANGUAGES),
            format_func=LANGUAGES.__getitem__,
            filter_mode=None,
            key="language",
            label_visibility="collapsed",
            width=120,
        )
    return model


def _model_choice(models: Mapping[str, str], said: Mapping[str, str]) -> str | None:
    """The list is a new one in each language: a browser keeps showing the titles that it got first."""
    if not models:
        return None
    names = list(models)
    wishes = (st.session_state.get("model", ""), st.query_params.get("model", ""), resources.default_name() or "")
    chosen = next((str(name) for name in wishes if name in models), names[0])
    st.session_state.model = st.selectbox(
        said["header.model"],
        names,
        index=names.index(chosen),
        format_func=models.__getitem__,
        filter_mode=None,
        key=f"model_{language()}",
        label_visibility="collapsed",
        width=280,
    )
    return str(st.session_state.model)

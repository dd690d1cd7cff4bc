"""The Train page: trainings as they go, their films, and the form for a new one."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from app import resources
from app.text import strings
from app.text.errors import translated
from app.views.form import ask_for_training, begin_by, begin_from
from app.views.form.link import FormLink
from app.views.header import language
from app.views.trainings import trainings
from model.errors import ExplorerError
from model.runs import actions


def fill(begin: Callable[[], None]) -> None:
    """Let the form open with what `begin` fills in; where that cannot be, say why."""
    try:
        begin()
        st.session_state.form = "filled"
    except ExplorerError as error:
        st.toast(translated(error.message, language()))


def begin_again(name: str) -> None:
    """Fill the form with the configuration of the run `name`. Raises UnknownRunError, ConfigError."""
    begin_from(actions.run(resources.settings(), name), language())


said = strings(language())
copied = trainings(language(), said, st.session_state.get("begun"), key="trainings")

if copied:
    fill(partial(begin_again, copied))

link = FormLink.from_query(st.query_params)
if link and link != st.session_state.get("followed"):
    st.session_state.followed = link
    fill(partial(begin_by, link, language()))

if st.session_state.pop("form", None):
    ask_for_training(language())

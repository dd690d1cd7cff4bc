"""The Train page: trainings as they go, their films, and the form for a new one."""

import streamlit as st

from app import resources
from app.text import strings
from app.text.errors import translated
from app.views.form import ask_for_training, begin_from
from app.views.header import language
from app.views.trainings import trainings
from model.errors import ExplorerError
from model.runs import actions

said = strings(language())
copied = trainings(language(), said, st.session_state.get("begun"), key="trainings")

if copied:
    try:
        run = actions.run(resources.settings(), copied)
        begin_from(run.config, run.dataset, run.preset, said["form.copy"].format(title=run.title[language()]))
        st.session_state.form = "copy"
    except ExplorerError as error:
        st.toast(translated(error.message, language()))

if st.session_state.pop("form", None):
    ask_for_training(language())

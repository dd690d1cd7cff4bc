"""The main page: a latent space to turn, a probe to drag, the decoder drawing what lies there."""

import streamlit as st

from app.routes import downloads
from app.text import strings
from app.views.header import language
from app.views.link import View
from app.views.scene import explorer

model = st.session_state.get("model")
said = strings(language())

if model is None:
    st.info(said["page.no_models"])
    st.stop()

if "start" not in st.session_state:
    st.session_state.start = View.from_query(st.query_params)

downloads.want_for(model)
explorer(model, language(), said, st.session_state.start, st.session_state.get("guide", 0), key="explorer")

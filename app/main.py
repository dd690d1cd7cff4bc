"""Page configuration and navigation."""

from pathlib import Path

import streamlit as st

st.set_page_config(page_title="Manifold Explorer", page_icon=str(Path(__file__).with_name("icon.svg")), layout="wide", initial_sidebar_state="collapsed")
st.navigation([st.Page("views/explore.py", title="Explore", default=True)], position="hidden").run()

"""Page configuration and navigation."""

from pathlib import Path

import streamlit as st

from app.views.header import header

st.set_page_config(
    page_title="Manifold Explorer",
    page_icon=str(Path(__file__).with_name("icon.svg")),
    layout="wide",
    initial_sidebar_state="collapsed",
)
pages = {
    "explore": st.Page("views/explore.py", title="Manifold Explorer", default=True),
    "train": st.Page("views/train.py", title="Manifold Explorer", url_path="train"),
}
current = st.navigation(list(pages.values()), position="hidden")
header(pages, "train" if current is pages["train"] else "explore")
current.run()

"""Page configuration and navigation."""

from pathlib import Path

import streamlit as st

from app.pages import EXPLORE, PAGES
from app.views.header import header

st.set_page_config(
    page_title="Manifold Explorer",
    page_icon=str(Path(__file__).with_name("icon.svg")),
    layout="wide",
    initial_sidebar_state="collapsed",
)
pages = {
    entry.name: st.Page(
        entry.script,
        title="Manifold Explorer",
        default=entry is EXPLORE,
        url_path="" if entry is EXPLORE else entry.name,
    )
    for entry in PAGES
}
current = st.navigation(list(pages.values()), position="hidden")
header(pages, next(entry for entry in PAGES if pages[entry.name] is current))
current.run()

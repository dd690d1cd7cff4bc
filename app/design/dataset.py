"""What the dialog shows while there are no images to train on: the way to get them."""

from __future__ import annotations

import streamlit as st

from app import downloads, resources
from app.text import strings
from app.text.sentences import translated


def missing(language: str) -> None:
    """Say what to do, offer the download of CIFAR-10, and show how far it is."""
    st.markdown(strings(language)["form.nodata"])
    _progress(language)


@st.fragment(run_every=1.0)
def _progress(language: str) -> None:
    said = strings(language)
    now = downloads.current()
    if now.state == "ready":
        st.rerun()
    if now.state == "downloading":
        share = now.done / now.total if now.total else 0.0
        st.progress(share, said["data.downloading"].format(percent=round(100 * share)))
        return
    if now.state in ("failed", "unusable"):
        st.error(said["data.unusable" if now.state == "unusable" else "data.failed"].format(message=translated(now.message, language)))
    if resources.settings().data is None:
        label = said["data.again" if now.state == "failed" else "data.download"]
        st.button(label, help=said["data.download.help"], type="primary", on_click=lambda: downloads.download().start())

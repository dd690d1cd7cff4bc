"""What the dialog shows while there are no images to train on: the way to get them."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from app import downloads, resources


def missing(said: Mapping[str, str]) -> None:
    """Say what to do, offer the download of CIFAR-10, and show how far it is."""
    st.markdown(said["form.nodata"])
    _progress(said)


@st.fragment(run_every=1.0)
def _progress(said: Mapping[str, str]) -> None:
    now = downloads.current()
    if now.state == "ready":
        st.rerun()
    if now.state == "downloading":
        share = now.done / now.total if now.total else 0.0
        st.progress(share, said["data.downloading"].format(percent=round(100 * share)))
        return
    if now.state in ("failed", "unusable"):
        st.error(said["data.unusable" if now.state == "unusable" else "data.failed"].format(message=now.message))
    if resources.settings().data is None:
        label = said["data.again" if now.state == "failed" else "data.download"]
        st.button(label, help=said["data.download.help"], type="primary", on_click=lambda: downloads.download().start())

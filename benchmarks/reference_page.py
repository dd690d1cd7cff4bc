"""The reference for drag.py: what one writes in plain Streamlit to look at the decoder. Three sliders, and the picture
of a rerun.
"""

import os
from pathlib import Path

import numpy as np
import streamlit as st

from model.space.service import ExplorerService


@st.cache_resource
def load(folder: str) -> ExplorerService:
    """The model, once for all sessions."""
    return ExplorerService(Path(folder), None)


service = load(os.environ["BENCHMARK_MODEL"])
ranges = service.latent_map.ranges.tolist()
position = [st.slider(f"z{axis}", low, high, (low + high) / 2) for axis, (low, high) in enumerate(ranges, start=1)]
latent = service.latent_map.to_latent(np.array(position, np.float32), service.latent_map.mean)  # (d,)
st.image(service.decode(latent[None])[0], width=320)

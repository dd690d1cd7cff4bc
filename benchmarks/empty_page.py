"""The reference for start.py: the least that Streamlit can show."""

import streamlit as st

st.title("Hello")

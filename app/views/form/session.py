"""Whose Streamlit session this is."""

from __future__ import annotations

import streamlit as st

from app.access import roles
from app.access.roles import Person


def asker() -> Person:
    """Who sits before the page, by the cookies that its connection was opened with."""
    return roles.person_from(st.context.cookies, st.context.ip_address)

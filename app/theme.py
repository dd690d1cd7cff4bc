"""The colours of Streamlit's theme: those that drawings share come from `model/view.py`, the rest from config.toml."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from streamlit import config

from model.view import THEME_COLOURS

CONFIG = Path(__file__).resolve().parent / ".streamlit" / "config.toml"
OPTIONS = {"text": "textColor", "surface": "backgroundColor", "accent": "primaryColor"}


@cache
def theme(name: str) -> dict[str, str]:
    """The colours of the "light" or the "dark" theme, by the names of Streamlit's options."""
    own: dict[str, str] = tomllib.loads(CONFIG.read_text(encoding="utf-8"))["theme"][name]
    return own | {OPTIONS[part]: colour for part, colour in THEME_COLOURS[name].items()}


def set_theme() -> None:
    """Tell Streamlit, once it knows the script, beside which it reads config.toml, and before a page is asked for."""
    for name in THEME_COLOURS:
        for option, colour in theme(name).items():
            config.set_option(f"theme.{name}.{option}", colour)

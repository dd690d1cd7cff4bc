"""Colours and letters of an exported film, as the page has them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from PIL import ImageFont

from model.view import LINE, MUTED, THEME_COLOURS

KOREAN = (
    "NanumGothic.ttf",
    "NotoSansCJK-Regular.ttc",
    "NotoSansKR-Regular.otf",
    "malgun.ttf",
    "AppleSDGothicNeo.ttc",
    "UnDotum.ttf",
)
WORDS = {
    "en": {"epoch": "Epoch {epoch}", "untrained": "Untrained", "train": "training", "test": "test", "pca": "PCA"},
    "ko": {"epoch": "에포크 {epoch}", "untrained": "학습 전", "train": "학습", "test": "테스트", "pca": "PCA"},
}
WALK_WORDS = {
    "en": {"decoded": "Decoded", "fade": "Cross-fade"},
    "ko": {"decoded": "디코딩", "fade": "픽셀 혼합"},
}
Colour = tuple[int, int, int]


@dataclass(frozen=True)
class ThemeColours:
    """The colours of a theme, as on the page."""

    text: Colour
    surface: Colour
    accent: Colour
    muted: Colour
    line: Colour

    @classmethod
    def of(cls, dark: bool) -> ThemeColours:
        """The light theme's, or the dark one's."""
        theme = "dark" if dark else "light"
        text, surface, accent = (rgb(THEME_COLOURS[theme][part]) for part in ("text", "surface", "accent"))
        return cls(text, surface, accent, mix(text, surface, MUTED), mix(text, surface, LINE[theme]))


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """Between two colours, `share` of the other."""
    red, green, blue = (round(a + share * (b - a)) for a, b in zip(one, other, strict=True))
    return red, green, blue


def words(language: str) -> dict[str, str]:
    """The words in the picture: in English where this machine has no letters for the language."""
    return WORDS[_writable(language)]


def walk_words(language: str) -> dict[str, str]:
    """The same for a walk."""
    return WALK_WORDS[_writable(language)]


def _writable(language: str) -> str:
    return language if font(WORDS[language]["untrained"], 12) else "en"


@lru_cache(maxsize=64)
def font(text: str, size: float) -> Any:
    """A face that can write `text`, or None where this machine has none (for Korean, a system font is needed)."""
    if all(ord(letter) < 0x250 for letter in text):
        return ImageFont.load_default(size)
    return _korean(size)


@lru_cache(maxsize=16)
def _korean(size: float) -> Any:
    for name in KOREAN:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return None


def shortened(text: str, face: Any, room: float) -> str:
    """`text`, or as much of it as fits into `room` pixels."""
    while len(text) > 1 and face.getlength(text) > room:
        text = text[:-2].rstrip() + "…"
    return text


def rgb(colour: str) -> Colour:
    """Red, green and blue of "#rrggbb"."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)

"""The pages of the app, in the order in which the header names them: to add one, add a line here, its script in
`app/views/`, and `header.NAME` and `header.NAME.help` to the strings.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PageEntry:
    """One page: `module` is what its component loads (FOLDER/FILE below app/web), `label` and `hint` are keys of
    strings.
    """

    name: str
    module: str
    label: str
    hint: str

    @property
    def script(self) -> str:
        """Path of its Streamlit script, from app/."""
        return f"views/{self.name}.py"


EXPLORE = PageEntry("explore", "explore/scene.js", "header.explore", "header.explore.help")
OTHERS = (
    PageEntry("train", "train/page.js", "header.train", "header.train.help"),
    PageEntry("learn", "learn/page.js", "header.learn", "header.learn.help"),
)
PAGES = (EXPLORE, *OTHERS)

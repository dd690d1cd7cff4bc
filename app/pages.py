"""The pages of the app, in the order in which the header names them.

To add one: an entry here, its Streamlit script `app/views/NAME.py`, its module in a folder of `app/web/`, and its three
strings in `app/text/`. The address, the link in the header, the help and the files that load early follow.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PageEntry:
    """One page.

    `module` is what its component loads (FOLDER/FILE below app/web). `label` names it in the header, `hint` is what
    pointing there says, and `help` the text of the help button: keys of strings.
    """

    name: str
    module: str
    label: str
    hint: str
    help: str

    @property
    def script(self) -> str:
        """Path of its Streamlit script, from app/."""
        return f"views/{self.name}.py"


EXPLORE = PageEntry("explore", "explore/scene.js", "header.explore", "header.explore.help", "help.explore")
TRAIN = PageEntry("train", "train/page.js", "header.train", "header.train.help", "help.train")
LEARN = PageEntry("learn", "learn/page.js", "header.learn", "header.learn.help", "help.learn")
PAGES = (EXPLORE, TRAIN, LEARN)

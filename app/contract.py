"""What the browser's modules and the server must agree on: limits of what is sent, and the states of a training.

The page gets them as the module `shared/contract.js`, which the server writes from `values`: so they stand here, or
where they come from, and nowhere else.
"""

from __future__ import annotations

from typing import Any

from model.config import IMAGE_SHAPE
from model.data import pictures
from model.runs.actions import TITLE_MOST as RUN_TITLE_MOST
from model.runs.folder import RunState
from model.space.axis_names import LETTERS_MOST as AXIS_NAME_MOST
from model.space.walks import STOPS_MOST as WALK_STOPS_MOST

NEAREST_MOST = 50  # samples of one list of the nearest
SHEET_MOST = 64  # samples in one picture
FIT_POINTS_MOST = 2000  # points that a method is fitted to in the lesson on manifolds,
FIT_SPACE_MOST = 64  # and of how many numbers each


def values() -> dict[str, Any]:
    """All of them by the name that the page's module gives them."""
    return {
        "IMAGE_SIDE": IMAGE_SHAPE[1],
        "FIT_POINTS_MOST": FIT_POINTS_MOST,
        "FIT_SPACE_MOST": FIT_SPACE_MOST,
        "UPLOAD_BYTES_MOST": pictures.BYTES_MOST,
        "UPLOAD_TYPES": [f"image/{each.lower()}" for each in pictures.FORMATS],
        "NEAREST_MOST": NEAREST_MOST,
        "SHEET_MOST": SHEET_MOST,
        "WALK_STOPS_MOST": WALK_STOPS_MOST,
        "RUN_TITLE_MOST": RUN_TITLE_MOST,
        "AXIS_NAME_MOST": AXIS_NAME_MOST,
        "RUN_STATE": {state.name: state.value for state in RunState},
    }

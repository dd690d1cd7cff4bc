"""How a command of this package ends: done, or refused in one sentence."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

from model.errors import ExplorerError
from model.messages import Message


def exit_status(work: Callable[[], object], cause: bool = False) -> int:
    """0 once the work is done, 1 with one sentence on standard error where it cannot be; `cause`: and then, for a
    program, what the sentence is made of, as JSON.
    """
    try:
        work()
    except MemoryError:
        return _refuse(Message("export.memory"), cause)
    except (ExplorerError, OSError) as error:
        return _refuse(error.message if isinstance(error, ExplorerError) else Message(str(error)), cause)
    return 0


def _refuse(message: Message, cause: bool) -> int:
    print(f"error: {message}", file=sys.stderr)
    if cause and message.known:
        print(f"cause: {json.dumps(message.to_dict())}", file=sys.stderr)
    return 1

"""Everything that can go wrong for a reason that a person can act on.

ExplorerError
├── ConfigError         a configuration that cannot work
│   └── RunError        what a training run cannot do in the state it is in
├── DataError           a data set that is absent, unreadable or empty
├── CheckpointError     a saved model or run that is missing, damaged or does not fit its card
├── TrainingError       a run that had to stop (not finite, out of memory, disk full)
├── ExportError         a model that could not be written in another format
├── PictureError        an uploaded picture that cannot be used
├── LatentError         coordinates or indices of the wrong shape, range or kind
├── UnknownModelError   a model name that is not in the registry
└── UnknownRunError     a run name that is not there

Each is raised with the id of its sentence, the field of the configuration that it is about, and what the sentence
fills in: `ConfigError("value.range", "epochs", value=0, low=1, high=10_000)`. The sentence says what was wrong (with
the value), what is allowed and what to do.
"""

from __future__ import annotations

from typing import Any

from model.messages import Message


class ExplorerError(Exception):
    """Base of the tree: its message is fit to be shown to a person."""

    def __init__(self, id: str, /, field: str | None = None, **values: Any) -> None:
        """`id` may be a message that is made already."""
        self.message = Message(id, field, **values)
        super().__init__(self.message)

    @property
    def id(self) -> str:
        """The name of its sentence in every table."""
        return self.message.id

    @property
    def field(self) -> str | None:
        """The field of the configuration that it is about, if it is about one."""
        return self.message.field

    @property
    def values(self) -> dict[str, Any]:
        """What its sentence fills in, by name."""
        return self.message.values


class ConfigError(ExplorerError):
    """A configuration that cannot work."""


class RunError(ConfigError):
    """What a training run cannot do in the state it is in."""


class DataError(ExplorerError):
    """A data set that is absent, unreadable or empty."""


class CheckpointError(ExplorerError):
    """A saved model or run that is missing, damaged or does not fit its card."""


class TrainingError(ExplorerError):
    """A run that had to stop."""


class ExportError(ExplorerError):
    """A model that could not be written in another format."""


class PictureError(ExplorerError):
    """An uploaded picture that cannot be used."""


class LatentError(ExplorerError):
    """Coordinates or indices of the wrong shape, range or kind."""


class UnknownModelError(ExplorerError):
    """A model name that is not in the registry."""


class UnknownRunError(ExplorerError):
    """A run name that is not there."""

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

Every message says what was wrong (with the value), what is allowed and what to do.
"""


class ExplorerError(Exception):
    """Base of the tree: its message is fit to be shown to a person."""


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

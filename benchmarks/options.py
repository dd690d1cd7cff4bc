"""What a run of the benchmarks is told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from model.checkpoint import read_card
from model.config import SHIPPED_MODELS


@dataclass(frozen=True)
class Options:
    """`seconds` of each measurement; `home` with further models (EXPLORER_HOME of the servers); the `model`; the folder
    `data` with real images, or None.
    """

    seconds: float
    home: Path
    model: str
    data: Path | None

    @property
    def folder(self) -> Path:
        """Where the model lies; one in `home` stands before a shipped one, as in the app."""
        own = self.home / "models" / self.model
        return own if own.is_dir() else SHIPPED_MODELS / self.model

    @property
    def latent_dim(self) -> int:
        """d of the model."""
        return int(read_card(self.folder)["config"]["network"]["latent_dim"])

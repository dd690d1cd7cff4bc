"""What the API says of a model, to compare the page with."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests.web import Server


@dataclass
class Model:
    """What the API says of the model on show."""

    server: Server
    name: str

    @cached_property
    def card(self) -> dict[str, Any]:
        return self.server.get(f"/api/models/{self.name}").json

    @cached_property
    def points(self) -> NDArray[np.float32]:
        return np.frombuffer(self.server.get(f"/api/models/{self.name}/points").body, "<f4").reshape(-1, 3)

    @cached_property
    def labels(self) -> NDArray[np.uint8]:
        return np.frombuffer(self.server.get(f"/api/models/{self.name}/labels").body, np.uint8)

    def sample(self, index: int) -> dict[str, Any]:
        return self.server.get(f"/api/models/{self.name}/samples/{index}").json

    def nearest(self, latent: NDArray[Any], k: int, without: int | None = None) -> list[int]:
        """Indices of the k samples nearest to `latent`, `without` left out."""
        z = ",".join(f"{value:.9g}" for value in latent)
        left = "" if without is None else f"&without={without}"
        answer = self.server.get(f"/api/models/{self.name}/nearest?z={z}&k={k}&space=latent{left}").json
        return [neighbour["index"] for neighbour in answer["neighbours"]]

    def decode(self, latent: NDArray[Any]) -> NDArray[np.uint8]:
        """What the WebSocket answers for one latent: (32, 32, 3)."""
        with self.server.socket(self.name) as socket:
            socket.send(np.asarray(latent, "<f4").tobytes())
            return np.frombuffer(socket.recv(), np.uint8).reshape(32, 32, 3)

    def original(self, index: int) -> NDArray[np.uint8]:
        """Sample `index` as the API hands it out: (32, 32, 3)."""
        return np.asarray(
            Image.open(io.BytesIO(self.server.get(f"/api/models/{self.name}/images/{index}.png").body)).convert("RGB")
        )

    def latent_at(self, position: NDArray[Any], anchor: dict[str, Any]) -> NDArray[np.float64]:
        """The design's rule: z = anchor + B (p - p_anchor)."""
        basis = np.array(self.card["basis"])  # (d, 3)
        return np.array(anchor["latent"]) + basis @ (position - np.array(anchor["position"]))

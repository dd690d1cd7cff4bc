"""`python -m model.lessons.manifold_fit < JOB`: recover the d numbers behind points in m dimensions, by one method.

The job is a line of JSON, {"method", "m", "d"}, and after it the points, float32 (n, m), row by row, little-endian.
The numbers come out as float32 (n, d). Each method loads its own library: PCA shall not wait for those of the others.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MODULE = "model.lessons.manifold_fit"
NEIGHBOURS = 10
SEED = 1
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class FitJob:
    """Points float32 (n, m), and by which of the `METHODS` to find `d` numbers for each."""

    method: str
    d: int
    points: Floats

    def pack(self) -> bytes:
        """As the command reads it."""
        said = {"method": self.method, "m": self.points.shape[1], "d": self.d}
        return json.dumps(said).encode() + b"\n" + self.points.astype("<f4").tobytes()

    @classmethod
    def unpack(cls, packed: bytes) -> FitJob:
        """What `pack` has made."""
        line, _, numbers = packed.partition(b"\n")
        said = json.loads(line)
        return cls(said["method"], said["d"], np.frombuffer(numbers, "<f4").reshape(-1, said["m"]))


def pca(points: Floats, d: int) -> Floats:
    """Scores on the first d principal axes (Pearson 1901)."""
    left, singular, _ = np.linalg.svd(points - points.mean(0), full_matrices=False)
    return np.asarray(left[:, :d] * singular[:d], np.float32)


def isomap(points: Floats, d: int) -> Floats:
    """Isomap (Tenenbaum et al. 2000) on the graph of the 10 nearest neighbours."""
    from sklearn.manifold import Isomap

    return np.asarray(Isomap(n_neighbors=NEIGHBOURS, n_components=d).fit_transform(points), np.float32)


def lle(points: Floats, d: int) -> Floats:
    """Locally linear embedding (Roweis & Saul 2000) from the 10 nearest neighbours."""
    from sklearn.manifold import LocallyLinearEmbedding

    embedding = LocallyLinearEmbedding(n_neighbors=NEIGHBOURS, n_components=d, random_state=SEED)
    return np.asarray(embedding.fit_transform(points), np.float32)


def autoencoder(points: Floats, d: int) -> Floats:
    """The code of an autoencoder m-64-64-d-64-64-m that keeps distances between neighbours."""
    from model.lessons.manifold_autoencoder import code

    return code(points, d)


METHODS: dict[str, Callable[[Floats, int], Floats]] = {
    "pca": pca,
    "isomap": isomap,
    "lle": lle,
    "autoencoder": autoencoder,
}


def recovered(job: FitJob) -> Floats:
    """Numbers float32 (n, d), those of points that a method cannot place being 0."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a graph in several parts is joined, and the lesson shows what comes of it
        return np.nan_to_num(METHODS[job.method](job.points, job.d), posinf=0, neginf=0)


if __name__ == "__main__":
    sys.stdout.buffer.write(recovered(FitJob.unpack(sys.stdin.buffer.read())).astype("<f4").tobytes())

"""The k = 12 nearest of one query, in pixel space and in a latent space, beside scikit-learn and faiss.

Ours answers with one thread, as a request of the server does; scikit-learn's brute-force `NearestNeighbors` and faiss's
`IndexFlatL2` and `IndexFlatIP` may use every core, and hold the pictures as float32, four times as large as they are. A
query is one of the pictures, or noise, of which no bound rules out much: the slowest that there is. All answers are
compared, distance by distance. Real images with --data or EXPLORER_DATA, else blurred noise, which is easier to search.
The 64 numbers of a latent are drawn from a normal distribution.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any

import faiss
import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.neighbors import NearestNeighbors

from benchmarks.options import Options
from benchmarks.report import Row, Target
from model.config import IMAGE_SHAPE
from model.data.folder import load_folder
from model.images import WHITE
from model.search.pixels import PixelIndex
from model.search.vectors import VectorIndex

TITLE = "nearest: the 12 nearest of one query"
K = 12
COUNTS = (10_000, 60_000)
DIM = 64
QUERIES = 60
OTHERS_QUERIES = 12  # of the others, which take as long for each
MEGABYTE = 1_000_000
ROUNDING = 0.02  # of the others' float32, which cancels where two pictures are equal
Floats = NDArray[np.float32]
Index = PixelIndex | VectorIndex
Search = Callable[[NDArray[Any]], NDArray[Any]]  # distances (K,) of a query (d,)


@dataclass(frozen=True)
class Space:
    """Rows uint8 or float32 (n, d), and what is asked."""

    name: str
    rows: NDArray[Any]
    queries: NDArray[Any]
    scale: float  # of a unit of the rows in distances


def measure(options: Options) -> list[Row]:
    """Milliseconds for one query, ours first; and what the index of the pixels takes beside them."""
    images = _images(options)
    rng = np.random.default_rng(0)
    rows: list[Row] = []
    for count in COUNTS:
        pixels = images[rng.permutation(len(images))[:count]].reshape(count, -1)
        latents = rng.normal(size=(count, DIM)).astype(np.float32)
        chosen = rng.choice(count, QUERIES, replace=False)
        for space in (
            Space("pixels", pixels, pixels[chosen], 1 / WHITE),
            Space(f"latents, d = {DIM}", latents, latents[chosen], 1),
        ):
            rows += _compared(space)
        rows += _worst(pixels)
    return rows


def _images(options: Options) -> NDArray[np.uint8]:
    most = max(COUNTS)
    if options.data:
        found = np.concatenate([load_folder(options.data, split).images for split in ("test", "train")])
        return np.resize(found, (most, *IMAGE_SHAPE)) if len(found) < most else found
    coarse = torch.rand(most, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    parts = (torch.nn.functional.interpolate(part, IMAGE_SHAPE[1:], mode="bilinear") for part in coarse.split(1000))
    return np.concatenate([(part * WHITE).byte().numpy() for part in parts])


def _compared(space: Space) -> Iterator[Row]:
    n, index = len(space.rows), _index(space.rows)
    floats = space.rows.astype(np.float32) * np.float32(space.scale)
    asked = space.queries[:OTHERS_QUERIES].astype(np.float32) * np.float32(space.scale)
    for metric in ("euclidean", "cosine"):
        said = f"{n:,} {space.name}, {metric}"
        times, ours = _timed(partial(_ours, index, metric), space.queries)
        yield Row(f"{said}: ours", median(times), "ms", len(times), Target(20) if n == max(COUNTS) else None)
        yield Row("... its 95th percentile", float(np.quantile(times, 0.95)), "ms", len(times))
        for name, search in (("scikit-learn", _scikit_learn(floats, metric)), ("faiss", _faiss(floats, metric))):
            times, theirs = _timed(search, asked)
            if not np.allclose(theirs, ours[: len(theirs)], atol=ROUNDING):
                raise RuntimeError(f"{said}: {name} finds {theirs}, ours {ours[: len(theirs)]}")
            yield Row(f"... {name}", median(times), "ms", len(times))


def _worst(pixels: NDArray[np.uint8]) -> Iterator[Row]:
    """Noise; and how large the index is."""
    index, n = PixelIndex(pixels), len(pixels)
    noise = np.random.default_rng(1).integers(0, 256, (OTHERS_QUERIES, pixels.shape[1]), np.uint8)
    times, _ = _timed(partial(_ours, index, "euclidean"), noise)
    yield Row(f"{n:,} pixels, noise: ours", median(times), "ms", len(times))
    yield Row("... memory of the index", index.nbytes / MEGABYTE, "MB", 1)
    yield Row("... memory of the pictures", pixels.nbytes / MEGABYTE, "MB", 1)


def _index(rows: NDArray[Any]) -> Index:
    return PixelIndex(rows) if rows.dtype == np.uint8 else VectorIndex(rows)


def _ours(index: Index, metric: str, query: NDArray[Any]) -> NDArray[Any]:
    torch.set_num_threads(1)
    return index.nearest_to(query, K, metric)[1]


def _scikit_learn(rows: Floats, metric: str) -> Search:
    finder = NearestNeighbors(n_neighbors=K, algorithm="brute", metric=metric).fit(rows)
    return lambda query: finder.kneighbors(query[None])[0][0]


def _faiss(rows: Floats, metric: str) -> Search:
    if metric == "euclidean":
        flat = faiss.IndexFlatL2(rows.shape[1])
        flat.add(rows)
        return lambda query: np.sqrt(flat.search(query[None], K)[0][0])
    unit = faiss.IndexFlatIP(rows.shape[1])
    unit.add(rows / np.linalg.norm(rows, axis=1, keepdims=True))
    return lambda query: 1 - unit.search(query[None] / np.linalg.norm(query), K)[0][0]


def _timed(search: Search, queries: NDArray[Any]) -> tuple[list[float], NDArray[Any]]:
    """Milliseconds for each query, one more of them beforehand; and the distances (m, K)."""
    search(queries[0])
    times, found = [], []
    for query in queries:
        start = time.perf_counter()
        found.append(search(query))
        times.append(1000 * (time.perf_counter() - start))
    return times, np.stack(found)

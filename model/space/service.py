"""What the explorer asks of a model, as NumPy arrays in and out: this is where torch stops."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from model.checkpoint import load_model
from model.config import IMAGE_SHAPE
from model.data.catalogue import CATALOGUE, DatasetCard
from model.data.dataset import ImageDataset
from model.device import best_device
from model.errors import CheckpointError, LatentError, PictureError
from model.evaluation.pca import PCA, SAVED
from model.images import to_bytes, to_unit
from model.layers import passed
from model.search.exact import Found
from model.search.pixels import FEW, PixelIndex
from model.space.contours import contours
from model.space.density import DENSITY, Density
from model.space.latent_map import LatentMap
from model.space.measures import measured
from model.space.neighbour_graph import NeighbourGraph
from model.space.start import telling_sample

BATCH = 256
SOME = 1000  # samples among which a start is looked for
Floats = NDArray[np.float32]
Pixels = NDArray[np.uint8]


@contextmanager
def _inference() -> Iterator[None]:
    """Requests share the machine: with more than one thread each, they fight for it and all become slower."""
    torch.set_num_threads(1)
    with torch.inference_mode():
        yield


class ExplorerService:
    """One model, its latent map and, where they are at hand, the images that the map was made of.

    Safe to call from many threads: nothing changes after the first use but caches, which are filled under a lock.
    """

    def __init__(self, folder: Path, dataset: ImageDataset | None, cache: Path | None = None) -> None:
        """Load the model in `folder`. `dataset` is the split that the map shows (the test images), or None.

        Where the dataset is not the one that the card names, the map is computed, and kept in the folder `cache`.
        Raises CheckpointError for a damaged model.
        """
        autoencoder, self.card = load_model(folder)
        self._device = best_device()
        self._autoencoder = autoencoder.to(self._device)
        self._dataset = dataset
        self._lock = threading.RLock()
        self._reconstructed: Pixels | None = None
        self._pixel_index: PixelIndex | None = None
        self._graph_lock = threading.Lock()
        self._graph: NeighbourGraph | None = None
        self._saved_map_of: str = self.card["data"]["fingerprint"]  # the test images that latents.npz was made of
        self.fingerprint: str = dataset.fingerprint if dataset else self._saved_map_of
        self.latent_map = self._map_of(folder, cache)
        if self.latent_map.dim != self._autoencoder.config.latent_dim:
            wanted = self._autoencoder.config.latent_dim
            raise CheckpointError("latent.axes", folder=folder, axes=self.latent_map.dim, wanted=wanted)
        path, latents = folder / DENSITY, self.latent_map.latents
        self.density = Density.load(path, self.latent_map.dim) if path.is_file() else Density.of_map(latents)
        self._pca = PCA.load(folder / SAVED, self.latent_dim) if (folder / SAVED).is_file() else None
        if (label := int(self.latent_map.labels.max())) >= len(self.classes):
            raise CheckpointError("latent.classes", folder=folder, label=label, count=len(self.classes))

    def _map_of(self, folder: Path, cache: Path | None) -> LatentMap:
        if self._dataset is None or self.fingerprint == self._saved_map_of:
            return LatentMap.load(folder / "latents.npz")
        path = cache / f"{self.card['weights_sha256'][:16]}-{self.fingerprint}.npz" if cache else None
        images, labels = self._dataset.images, self._dataset.labels
        return LatentMap.kept(path, lambda: LatentMap.of(self.encode(images), labels))

    @property
    def latent_dim(self) -> int:
        """d, the number of latent axes."""
        return self.latent_map.dim

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names, in the order of the labels."""
        return self._dataset.classes if self._dataset else tuple(self.card["data"]["classes"])

    @property
    def dataset_card(self) -> DatasetCard | None:
        """The data set of the catalogue that the model was trained on, or None: then it was one's own folder."""
        return CATALOGUE.get(self.card["data"].get("dataset"))

    @property
    def version(self) -> str:
        """Changes whenever the weights, the density, the points, the labels or the images do: part of every cache
        key.
        """
        weights, images = self.card["weights_sha256"][:12], self.fingerprint[:12]
        return f"{weights}-{images}-{int(self.has_images)}-{self.density.digest}"

    @property
    def has_images(self) -> bool:
        """Whether the original images are at hand."""
        return self._dataset is not None

    @cached_property
    def start(self) -> int:
        """The sample to begin with: the card's, or, on other images than the card speaks of, the most telling of
        some.
        """
        chosen = self.card.get("start")
        if chosen is not None and chosen < len(self) and self.fingerprint == self._saved_map_of:
            return int(chosen)
        if self._dataset is None:
            return 0
        some = np.unique(np.linspace(0, len(self) - 1, SOME).astype(int))
        return int(
            some[telling_sample(self._dataset.images[some], self.reconstructions(some), self.latent_map.inside(some))]
        )

    @cached_property
    def class_means(self) -> list[Floats | None]:
        """The mean latent (d,) of each class, None for one without samples."""
        return self.latent_map.class_means(len(self.classes))

    @property
    def neighbour_graph(self) -> NeighbourGraph:
        """The graph of the map's samples that walks along the manifold follow: half a second when first asked for."""
        with self._graph_lock:
            if self._graph is None:
                with _inference():
                    self._graph = NeighbourGraph.of(self.latent_map.latents)
            return self._graph

    def __len__(self) -> int:
        return len(self.latent_map.latents)

    def encode(self, images: Pixels) -> Floats:
        """Latents float32 (n, d) of images uint8 (n, 3, 32, 32). Raises PictureError for another shape or kind."""
        if images.ndim != 4 or images.shape[1:] != IMAGE_SHAPE or images.dtype != np.uint8:
            raise PictureError("picture.arrays", kind=str(images.dtype), shape=images.shape)
        with _inference():
            return np.concatenate(
                [self._autoencoder.encode(self._to_unit(part)).cpu().numpy() for part in _parts(images)]
            )

    def decode(self, latents: Floats) -> Pixels:
        """Images uint8 (k, 32, 32, 3) at latents float32 (k, d). Raises LatentError for another shape or numbers not
        finite.
        """
        latents = self._checked(latents)
        with _inference():
            parts = [_to_pixels(self._decode(part)).cpu().numpy() for part in _parts(latents)]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def by_pca(self, images: Pixels) -> Pixels | None:
        """What PCA of as many numbers makes of images uint8 (k, 3, 32, 32), as uint8 (k, 32, 32, 3); None where the
        model has no PCA beside it.
        """
        if self._pca is None:
            return None
        with _inference():
            return _to_pixels(self._pca.reconstruct(to_unit(torch.from_numpy(np.ascontiguousarray(images))))).numpy()

    def layers(self, image: Pixels) -> list[tuple[dict[str, Any], Floats]]:
        """The network's layers in the order in which an image uint8 (3, 32, 32) passes them: {half, kind, after, shape,
        parameters} of each, and the values of that shape that it hands on.
        """
        with _inference():
            layers = passed(self._autoencoder, self._to_unit(image[None]))
        return [
            (
                {"half": each.half, "kind": each.kind, "after": each.after, "shape": each.shape}
                | {"parameters": each.parameters},
                each.values.float().cpu().numpy(),
            )
            for each in layers
        ]

    def errors(self, images: Pixels, latents: Floats) -> Floats:
        """Mean squared error float32 (n,), pixels in [0, 1], between images uint8 (n, 3, 32, 32) and the decoder's at
        latents (n, d).
        """
        with _inference():
            difference = self._decode(self._checked(latents)) - self._to_unit(images)  # (n, 3, 32, 32)
            return difference.square().mean(dim=(1, 2, 3)).cpu().numpy()

    def originals(self, index: NDArray[np.int64]) -> Pixels:
        """Samples as they are in the data set, uint8 (k, 32, 32, 3). Raises LatentError if no images are at hand."""
        if self._dataset is None:
            raise LatentError("latent.originals")
        return self._dataset.images[self._known(index)].transpose(0, 2, 3, 1)

    def reconstructions(self, index: NDArray[np.int64]) -> Pixels:
        """What the decoder makes of samples, uint8 (k, 32, 32, 3). Raises LatentError for an index outside 0..n-1."""
        index = self._known(index)
        if self._reconstructed is not None:
            return self._reconstructed[index].transpose(0, 2, 3, 1)
        return self.decode(self.latent_map.latents[index])

    def sample_error(self, index: int) -> dict[str, float | None]:
        """`error_at` of sample `index`; both None without the images."""
        if self._dataset is None:
            return {"mse": None, "error_percentile": None}
        chosen = self._known(np.array([index]))
        return self.error_at(self._dataset.images[chosen], self.latent_map.latents[chosen])

    def error_at(self, image: Pixels, latent: Floats) -> dict[str, float | None]:
        """`mse`, the mean squared error of one image uint8 (1, 3, 32, 32) decoded from latent (1, d), and its
        `error_percentile` among held-out images, 0 to 100; None where theirs are not known.
        """
        errors = self.errors(image, latent)
        percentile = self.density.error_percentile(errors)
        return {"mse": float(errors[0]), "error_percentile": None if percentile is None else float(percentile[0])}

    def measures(self) -> Floats:
        """By what samples are selected, float32 (3, n): see `model.space.measures`. Takes a second or two."""
        errors = None if self._dataset is None else self._errors_of_all(self._dataset.images)
        with _inference():
            return measured(self.latent_map, self.density, errors)

    def _errors_of_all(self, images: Pixels) -> Floats:
        pairs = zip(_parts(images), _parts(self.latent_map.latents), strict=True)
        return np.concatenate([self.errors(part, latents) for part, latents in pairs])

    def density_at(self, latent: Floats) -> dict[str, float]:
        """How dense the training data are around a latent (d,): the mean `distance` to the 10 nearest, and its
        `percentile` among held-out images, 0 (denser than all) to 100 (beyond all).
        """
        with _inference():
            distance = self.density.distance(latent[None])
        return {"distance": float(distance[0]), "percentile": float(self.density.rank(distance)[0])}

    def contours(self) -> list[list[Floats]]:
        """Lines (m, 3) around the dense places of a three-dimensional latent space, by slice."""
        return contours(self.density, self.latent_map.ranges)

    def nearest_latent(self, latent: Floats, k: int, metric: str = "euclidean") -> Found:
        """Indices (k,) and distances (k,) of the samples nearest to latent (d,) in latent space, exact. `metric` is one
        of METRICS. Raises LatentError.
        """
        self._checked(latent[None])
        with _inference():
            return self.latent_map.latent_index.nearest_to(latent, self._count(k), metric)

    def nearest_view(self, latent: Floats, k: int, metric: str = "euclidean") -> Found:
        """The same in the 3-D view."""
        point = self.latent_map.to_point(self._checked(latent[None])[0])
        with _inference():
            return self.latent_map.view_index.nearest_to(point, self._count(k), metric)

    def nearest_pixel(self, image: Pixels, k: int, metric: str = "euclidean") -> Found:
        """The same in pixel space, image uint8 (3, 32, 32), pixels in [0, 1]: among the originals, or else the
        reconstructions.
        """
        k = self._count(k)
        index = self.index_pixels()
        with _inference():
            return index.nearest_to(image, k, metric)

    @property
    def pixels_indexed(self) -> bool:
        """Whether `nearest_pixel` finds its index made."""
        return self._pixel_index is not None

    def index_pixels(self) -> PixelIndex:
        """Make the index of pixels, where it is not there yet: some seconds where every sample has to be decoded."""
        with self._lock, _inference():
            if self._pixel_index is None:
                shared = self._dataset.pixel_index if self._dataset else None
                self._pixel_index = shared or PixelIndex(self._all_reconstructed(), FEW)
            return self._pixel_index

    def _count(self, k: int) -> int:
        if not 1 <= k <= len(self):
            raise LatentError("value.range", "k", value=k, low=1, high=len(self))
        return k

    def _all_reconstructed(self) -> Pixels:
        with self._lock:
            if self._reconstructed is None:
                pixels = np.empty(
                    (len(self), *IMAGE_SHAPE), np.uint8
                )  # filled part by part: a second copy would be the server's peak of memory
                for part, latents in zip(_parts(pixels), _parts(self.latent_map.latents), strict=True):
                    part[:] = self.decode(latents).transpose(0, 3, 1, 2)
                self._reconstructed = pixels
            return self._reconstructed

    def warm(self) -> None:
        """Fill every cache, so that the first person waits for nothing."""
        self.encode(np.zeros((1, *IMAGE_SHAPE), np.uint8))
        self.density.percentile(self.latent_map.mean[None])
        self.nearest_pixel(np.zeros(IMAGE_SHAPE, np.uint8), 1)

    def _decode(self, latents: Floats) -> Tensor:
        return self._autoencoder.decode(torch.from_numpy(latents).to(self._device))  # (k, 3, 32, 32)

    def _to_unit(self, images: Pixels) -> Tensor:
        return to_unit(torch.from_numpy(np.ascontiguousarray(images)).to(self._device))  # (n, 3, 32, 32)

    def _checked(self, latents: Floats) -> Floats:
        expected = self._autoencoder.config.latent_dim
        if latents.ndim != 2 or latents.shape[1] != expected or not np.isfinite(latents).all():
            raise LatentError("latent.shape", wanted=f"(k, {expected})", shape=latents.shape)
        return np.ascontiguousarray(latents, np.float32)

    def _known(self, index: NDArray[np.int64]) -> NDArray[np.int64]:
        index = np.asarray(index)
        if index.size and (index.min() < 0 or index.max() >= len(self)):
            odd = int(index[(index < 0) | (index >= len(self))][0])
            raise LatentError("latent.sample", index=odd, last=len(self) - 1)
        return index


def _parts(rows: NDArray[Any]) -> Iterator[NDArray[Any]]:
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]


def _to_pixels(images: Tensor) -> Tensor:
    return to_bytes(images).permute(0, 2, 3, 1).contiguous()  # (n, 32, 32, 3)

"""A model in the formats of other tools: ONNX, CSV, NPZ, Parquet, the Embedding Projector's files, safetensors."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from model.checkpoint import CARD, WEIGHTS
from model.export.projector import named_axes, projector_files
from model.space.service import ExplorerService

Files = dict[str, bytes]  # by file name
EXPLAINED = {
    "onnx": "encoder and decoder as ONNX, checked against PyTorch",
    "csv": "index, label, class, latent and view of every test sample",
    "npz": "the same as NumPy arrays, with the view's centre and basis",
    "parquet": "the same as a Parquet table",
    "projector": "files of the TensorBoard Embedding Projector: vectors, metadata, sprite, configuration",
    "safetensors": "the weights as they are, with the card that describes them",
}
FORMATS = tuple(EXPLAINED)
OF_SAMPLES = ("csv", "npz", "parquet", "projector")


def sample_files(service: ExplorerService, name: str, kind: str) -> Files:
    """The samples of the service's map as "csv", "npz", "parquet" or "projector"."""
    if kind == "projector":
        everyone = np.arange(len(service))
        tiles = service.originals(everyone) if service.has_images else service.reconstructions(everyone)
        return projector_files(
            name, service.latent_map.latents, service.latent_map.labels, service.classes, tiles, service.has_images
        )
    write = {"csv": _csv, "npz": _npz, "parquet": _parquet}[kind]
    return {f"{name}-latents.{kind}": write(service, name)}


def weight_files(folder: Path) -> Files:
    """Weights and card of the model in `folder`, as they are. Raises OSError."""
    return {name: (folder / name).read_bytes() for name in (WEIGHTS, CARD)}


def packed(files: Files, name: str, kind: str) -> tuple[str, bytes]:
    """One file to hand over, by name: the only one as it is, several as a ZIP archive."""
    if len(files) == 1:
        return next(iter(files.items()))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, content in files.items():
            info = zipfile.ZipInfo(entry)  # with no date: the same content is the same archive
            info.external_attr = 0o644 << 16  # or else it would unpack as a file that nobody may read
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return packed_name(name, kind), buffer.getvalue()


def packed_name(name: str, kind: str) -> str:
    """The file name that `packed` gives."""
    return f"{name}-latents.{kind}" if kind in ("csv", "npz", "parquet") else f"{name}-{kind}.zip"


def _table(service: ExplorerService, name: str) -> Any:
    """index, label, class, z1 … zd, x, y, z of every sample, as an Arrow table."""
    import pyarrow as pa  # here, because its import is slow

    latent_map = service.latent_map
    columns: dict[str, Any] = {"index": np.arange(len(service), dtype=np.int32), "label": latent_map.labels}
    columns["class"] = pa.array(np.array(service.classes)[latent_map.labels])
    columns |= dict(named_axes(latent_map.latents))
    columns |= dict(zip("xyz", latent_map.points.T, strict=True))
    return pa.table(columns).replace_schema_metadata(
        {"model": name, "classes": json.dumps(service.classes, ensure_ascii=False)}
    )


def _csv(service: ExplorerService, name: str) -> bytes:
    from pyarrow import csv

    buffer = io.BytesIO()
    csv.write_csv(_table(service, name), buffer)
    return buffer.getvalue()


def _parquet(service: ExplorerService, name: str) -> bytes:
    from pyarrow import parquet

    buffer = io.BytesIO()
    parquet.write_table(_table(service, name), buffer)
    return buffer.getvalue()


def _npz(service: ExplorerService, name: str) -> bytes:
    latent_map, buffer = service.latent_map, io.BytesIO()
    np.savez_compressed(
        buffer,
        latents=latent_map.latents,
        labels=latent_map.labels,
        points=latent_map.points,
        center=latent_map.center,
        basis=latent_map.basis,
        classes=np.array(service.classes),
        model=np.array(name),
    )
    return buffer.getvalue()

"""Files of the TensorBoard Embedding Projector (Smilkov et al. 2016): vectors, metadata and a sprite of small
pictures.
"""

from __future__ import annotations

import io
import json
import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from model.space.latent_map import Floats

SPRITE_SIDE_MOST = 8192  # pixels; larger textures are refused by many graphics cards
README = """These files show the latent space of {name} in the TensorBoard Embedding Projector.

In TensorBoard:                  tensorboard --logdir FOLDER-OF-THESE-FILES, then open "Projector".
In the browser, without pictures: https://projector.tensorflow.org, "Load", vectors.tsv and metadata.tsv.
In the browser, with pictures:    put these files where a web server allows other sites to read them (CORS),
                                 write their address in front of the three paths in config.json, and open
                                 https://projector.tensorflow.org/?config=ADDRESS/config.json

The pictures in the sprite are {pictures}.
"""


def projector_files(
    name: str,
    latents: Floats,
    labels: NDArray[np.uint8],
    classes: tuple[str, ...],
    tiles: NDArray[np.uint8],
    originals: bool,
) -> dict[str, bytes]:
    """The files by name, for latents (n, d), labels (n,) and pictures `tiles` (n, 32, 32, 3) in the same order.

    The sprite is left out where it could not be shown: with more than 1,048,576 samples.
    """
    image, side = sprite(tiles)
    files = {"vectors.tsv": _vectors(latents), "metadata.tsv": _metadata(labels, classes)}
    if side:
        files["sprite.png"] = image
    files["projector_config.pbtxt"] = _pbtxt(name, side).encode()
    files["config.json"] = json.dumps(_config(name, latents.shape, side), indent=2, ensure_ascii=False).encode()
    pictures = (
        "the original images"
        if originals
        else "what the decoder makes of each sample, because the data set was not at hand"
    )
    files["README.txt"] = README.format(name=name, pictures=pictures).encode()
    return files


def sprite(tiles: NDArray[np.uint8]) -> tuple[bytes, int]:
    """A PNG with the tiles (n, 32, 32, 3) row by row in a square, and the side of each in pixels; (b"", 0) for too
    many.
    """
    side = tile_side(len(tiles))
    if not side:
        return b"", 0
    columns = _columns(len(tiles))
    sheet = np.zeros((columns * columns, side, side, 3), np.uint8)
    sheet[: len(tiles)] = _smaller(tiles, side)
    rows = sheet.reshape(columns, columns, side, side, 3).transpose(0, 2, 1, 3, 4)  # (rows, side, columns, side, 3)
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(rows).reshape(columns * side, columns * side, 3)).save(
        buffer, "PNG", compress_level=3
    )
    return buffer.getvalue(), side


def tile_side(count: int) -> int:
    """How large, in pixels, each of so many tiles may be for the sprite to stay within what graphics cards take; 0 if
    too small to see.
    """
    return next((side for side in (32, 16, 8) if _columns(count) * side <= SPRITE_SIDE_MOST), 0)


def _columns(count: int) -> int:
    return max(1, math.ceil(math.sqrt(count)))


def _smaller(tiles: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    factor = tiles.shape[1] // side
    if factor == 1:
        return tiles
    return tiles.reshape(len(tiles), side, factor, side, factor, 3).mean((2, 4)).round().astype(np.uint8)


def _vectors(latents: Floats) -> bytes:
    import pyarrow as pa  # here, because its import is slow
    from pyarrow import csv

    buffer = io.BytesIO()
    csv.write_csv(pa.table(dict(named_axes(latents))), buffer, csv.WriteOptions(include_header=False, delimiter="\t"))
    return buffer.getvalue()


def named_axes(latents: Floats) -> list[tuple[str, Floats]]:
    """The columns of latents (n, d) with their names: z1 to zd."""
    return [(f"z{axis + 1}", latents[:, axis]) for axis in range(latents.shape[1])]


def _metadata(labels: NDArray[np.uint8], classes: tuple[str, ...]) -> bytes:
    names = [" ".join(name.split()) for name in classes]  # a tab or a line's end in a name would tear the table
    return (
        "index\tlabel\tclass\n" + "".join(f"{i}\t{label}\t{names[label]}\n" for i, label in enumerate(labels.tolist()))
    ).encode()


def _pbtxt(name: str, side: int) -> str:
    image = (
        f'  sprite {{\n    image_path: "sprite.png"\n    single_image_dim: {side}\n    single_image_dim: {side}\n  }}\n'
        if side
        else ""
    )
    paths = '  tensor_path: "vectors.tsv"\n  metadata_path: "metadata.tsv"\n'
    return f"embeddings {{\n  tensor_name: {json.dumps(name)}\n{paths}{image}}}\n"


def _config(name: str, shape: tuple[int, ...], side: int) -> dict[str, list[dict[str, object]]]:
    embedding: dict[str, object] = {
        "tensorName": name,
        "tensorShape": list(shape),
        "tensorPath": "vectors.tsv",
        "metadataPath": "metadata.tsv",
    }
    return {
        "embeddings": [
            {**embedding, "sprite": {"imagePath": "sprite.png", "singleImageDim": [side, side]}} if side else embedding
        ]
    }

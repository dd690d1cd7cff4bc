"""Encoder and decoder as ONNX files, which run without PyTorch, checked against it before anybody gets them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from model.checkpoint import CARD, LATENTS, load_model
from model.config import IMAGE_SHAPE
from model.errors import ExportError
from model.networks import Autoencoder
from model.space.latent_map import Floats, LatentMap

TOLERANCE = 1e-3
BATCHES = (1, 2, 7, 64)  # sizes that are tried; the batch may have any


@dataclass(frozen=True)
class OnnxModel:
    """The bytes of an .onnx file, and by how much at most its output differed from PyTorch's."""

    content: bytes
    difference: float


class _Encoder(nn.Module):
    def __init__(self, autoencoder: Autoencoder) -> None:
        super().__init__()
        self.autoencoder = autoencoder

    def forward(self, images: Tensor) -> Tensor:
        return self.autoencoder.encode(images)


class _Decoder(nn.Module):
    def __init__(self, autoencoder: Autoencoder) -> None:
        super().__init__()
        self.autoencoder = autoencoder

    def forward(self, latents: Tensor) -> Tensor:
        return self.autoencoder.decode(latents)


def onnx_files(folder: Path, say: Callable[[str], object]) -> dict[str, bytes]:
    """Encoder, decoder and card of the model in `folder`, by file name; `say` gets how well they agree. Raises
    CheckpointError, ExportError.
    """
    autoencoder, card = load_model(folder)
    encoder = onnx_encoder(autoencoder, card)
    decoder = onnx_decoder(autoencoder, card, LatentMap.load(folder / LATENTS).latents)
    batches = ", ".join(map(str, BATCHES))
    say(
        f"checked with batches of {batches}: the encoder differs from PyTorch by {encoder.difference:.1e} at most, "
        f"the decoder by {decoder.difference:.1e}"
    )
    return {
        f"{folder.name}-encoder.onnx": encoder.content,
        f"{folder.name}-decoder.onnx": decoder.content,
        CARD: (folder / CARD).read_bytes(),
    }


def onnx_encoder(autoencoder: Autoencoder, card: Mapping[str, Any]) -> OnnxModel:
    """`images` float32 (n, 3, 32, 32) in [0, 1] to `latents` float32 (n, d); of a variational encoder, the means.
    Raises ExportError.
    """
    images = torch.rand(max(BATCHES), *IMAGE_SHAPE, generator=torch.Generator().manual_seed(0))
    return _exported(_Encoder(autoencoder), images, "images", "latents", card)


def onnx_decoder(autoencoder: Autoencoder, card: Mapping[str, Any], latents: Floats) -> OnnxModel:
    """`latents` float32 (n, d) to `images` float32 (n, 3, 32, 32) in [0, 1]; checked at `latents` (m, d), m > 0. Raises
    ExportError.
    """
    chosen = torch.arange(max(BATCHES)) % len(latents)
    return _exported(_Decoder(autoencoder), torch.from_numpy(latents)[chosen], "latents", "images", card)


def _exported(module: nn.Module, examples: Tensor, takes: str, gives: str, card: Mapping[str, Any]) -> OnnxModel:
    module = module.eval().cpu()
    batch = {0: torch.export.Dim("n", min=1)}
    program = torch.onnx.export(
        module, (examples[:2],), dynamo=True, dynamic_shapes=(batch,),
        input_names=[takes], output_names=[gives], verbose=False,
    )  # fmt: skip
    if program is None:
        raise ExportError("export.onnx")
    content = _described(program.model_proto, card).SerializeToString()
    return OnnxModel(content, _checked(content, module, examples))


def _described(proto: Any, card: Mapping[str, Any]) -> Any:
    """The model with what a person who finds the file wants to know of it."""
    from onnx.helper import set_model_props  # here, because most starts need none of it

    said = {
        "title": card["title"]["en"],
        "classes": json.dumps(card["data"]["classes"], ensure_ascii=False),
        "weights_sha256": card["weights_sha256"],
    }
    set_model_props(proto, said)
    return proto


def _checked(content: bytes, module: nn.Module, examples: Tensor) -> float:
    """The largest difference from PyTorch over all `BATCHES`. Raises ExportError where it exceeds the tolerance."""
    import onnxruntime

    quiet = onnxruntime.SessionOptions()
    quiet.log_severity_level, quiet.intra_op_num_threads = 3, 1
    session = onnxruntime.InferenceSession(content, quiet, providers=["CPUExecutionProvider"])
    name, worst = session.get_inputs()[0].name, 0.0
    for size in BATCHES:
        with torch.inference_mode():
            expected = module(examples[:size])
        found = torch.from_numpy(session.run(None, {name: examples[:size].numpy()})[0])
        difference = float((found - expected).abs().max()) if found.shape == expected.shape else float("inf")
        if not difference <= TOLERANCE:  # NaN is not
            raise ExportError("export.differs", difference=difference, size=size, tolerance=TOLERANCE)
        worst = max(worst, difference)
    return worst

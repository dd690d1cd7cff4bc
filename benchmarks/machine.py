"""What a number must be read with: machine, versions, model."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import subprocess
from typing import Any

import psutil

from benchmarks.browser import executable
from benchmarks.options import Options
from model.checkpoint import load_model, read_card
from model.device import abilities, best_device, hardware_name
from model.networks import count_parameters

PACKAGES = (
    "streamlit",
    "starlette",
    "uvicorn",
    "websockets",
    "torch",
    "torchvision",
    "pythae",
    "scikit-learn",
    "faiss-cpu",
    "numpy",
    "pillow",
    "playwright",
)


def describe(options: Options) -> dict[str, Any]:
    """Fit for JSON."""
    return {
        "hardware": {
            "processor": hardware_name(best_device()),
            "abilities": abilities(best_device()),
            "cores": os.cpu_count(),
            "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
            "load_before": [round(load, 2) for load in psutil.getloadavg()],
        },
        "versions": {"python": platform.python_version(), "system": platform.platform(), "chromium": _chromium()}
        | {name: importlib.metadata.version(name) for name in PACKAGES},
        "model": _model(options),
        "data": str(options.data) if options.data else None,
        "seconds": options.seconds,
    }


def _model(options: Options) -> dict[str, Any]:
    autoencoder, card = load_model(options.folder)
    return {
        "name": options.model,
        "latent_dim": options.latent_dim,
        "decoder_parameters": count_parameters(autoencoder.decoder),
        "samples": read_card(options.folder)["data"]["test"],
        "weights_sha256": card["weights_sha256"],
    }


def _chromium() -> str:
    path = executable()
    return (
        subprocess.run([path, "--version"], capture_output=True, text=True).stdout.strip() if path else "of playwright"
    )

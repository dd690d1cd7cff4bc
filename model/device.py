"""Which device computes, and in which precision."""

from __future__ import annotations

from typing import Any

import torch


def best_device() -> torch.device:
    """CUDA where there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def autocast(precision: str, device: torch.device) -> torch.autocast:
    """The context of a precision of TrainingConfig; "auto" is bfloat16 where the hardware multiplies it, else float32."""
    wanted = precision == "bfloat16" or (precision == "auto" and _multiplies_bfloat16(device))
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=wanted)


def hardware_name(device: torch.device) -> str:
    """What a card says of the machine."""
    if device.type == "cuda":
        return str(torch.cuda.get_device_name(device))
    return f"{_cpu_features().get('cpu_name', 'CPU')}, {torch.get_num_threads()} threads"


def _multiplies_bfloat16(device: torch.device) -> bool:
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    features = _cpu_features()
    return bool(features.get("avx512_bf16") or features.get("amx_bf16"))


def _cpu_features() -> dict[str, Any]:
    """What PyTorch knows of the processor; nothing in versions without that function, which costs speed only."""
    return dict(getattr(torch.cpu, "get_capabilities", dict)())

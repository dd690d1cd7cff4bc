"""Which device computes, and in which precision."""

from __future__ import annotations

import ctypes
import os
from typing import Any

import torch

UNITS = {"avx2": "AVX2", "avx512_f": "AVX-512", "avx512_bf16": "AVX512-BF16", "amx_bf16": "AMX-BF16"}
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # of glibc's malloc.h


def best_device() -> torch.device:
    """CUDA where there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def autocast(precision: str, device: torch.device) -> torch.autocast:
    """The context of a precision of TrainingConfig; "auto" is bfloat16 where the hardware multiplies it, else
    float32.
    """
    wanted = precision == "bfloat16" or (precision == "auto" and multiplies_bfloat16(device))
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=wanted)


def keep_memory() -> None:
    """Let this process keep the memory that it frees, in large pages; call it before the first tensor is made.

    A training step frees and takes the same megabytes again and again: handed back to the system each time, they cost a
    fifth of the images per second on a CPU (2,961 to 3,562 with one thread). The numbers do not change.
    """
    os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")  # PyTorch's own switch
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:  # glibc
        mallopt(M_MMAP_THRESHOLD, 32 << 20)
        mallopt(M_TRIM_THRESHOLD, 2**31 - 1)


def hardware_name(device: torch.device) -> str:
    """What a card says of the machine."""
    if device.type == "cuda":
        return str(torch.cuda.get_device_name(device))
    return f"{_cpu_features().get('cpu_name', 'CPU')}, {torch.get_num_threads()} threads"


def abilities(device: torch.device) -> str:
    """What decides how fast the device multiplies: a processor's vector and matrix units and cores, or the
    card's name.
    """
    if device.type == "cuda":
        return hardware_name(device)
    features = _cpu_features()
    units = [said for name, said in UNITS.items() if features.get(name)]
    bfloat16 = "bfloat16 in hardware" if multiplies_bfloat16(device) else "no bfloat16 in hardware"
    return f"{' '.join(units) or 'no AVX2'}, {bfloat16}, {os.cpu_count()} cores, {torch.get_num_threads()} threads"


def multiplies_bfloat16(device: torch.device) -> bool:
    """Whether the hardware multiplies bfloat16, rather than imitating it."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    features = _cpu_features()
    return bool(features.get("avx512_bf16") or features.get("amx_bf16"))


def _cpu_features() -> dict[str, Any]:
    """What PyTorch knows of the processor; nothing in versions without that function, which costs speed only."""
    return dict(getattr(torch.cpu, "get_capabilities", dict)())

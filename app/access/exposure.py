"""Whether others than the person at this machine can reach the server: what it really listens on, whichever program
began it.
"""

from __future__ import annotations

import ipaddress
import threading

import psutil

from app.settings import server_settings

_LOOKING = threading.Lock()
_known: bool | None = None


def serves_others() -> bool:
    """Whether it listens beyond this machine, or a proxy stands before it. What cannot be found out counts as yes."""
    return server_settings().proxy or bool(listens_beyond())


def listens_beyond() -> bool | None:
    """Whether a socket of this process listens on an address that is not loopback; None as long as none listens at all."""
    global _known
    with _LOOKING:
        if _known is None and (addresses := _listening()):
            _known = not all(map(_is_loopback, addresses))
        return _known


def _listening() -> list[str]:
    try:
        found = psutil.Process().net_connections("tcp")
    except (psutil.Error, OSError):
        return ["unknown"]
    return [each.laddr.ip for each in found if each.status == psutil.CONN_LISTEN]


def _is_loopback(address: str) -> bool:
    try:
        number = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = number.ipv4_mapped if isinstance(number, ipaddress.IPv6Address) else None
    return (mapped or number).is_loopback

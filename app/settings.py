"""How the server is reached: settings that are read from the environment once."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from app.state import kept
from model.errors import ConfigError

DEFAULT_ADDRESS = "localhost"
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?|[0-9a-fA-F:.]+")
_FRAME = re.compile(r"(https?://)?(\*\.)?[A-Za-z0-9.-]+(:\d{1,5})?")
SWITCH = {"": False, "0": False, "1": True}
DOWNLOAD = {"": True, "on": True, "off": False}


@dataclass(frozen=True)
class ServerSettings:
    """Under which names the server answers, whether a proxy stands before it, and whose pages may embed it."""

    address: str = DEFAULT_ADDRESS  # what it listens on, by name or number
    hosts: tuple[str, ...] = ()  # names in addition to localhost, the machine's own and every number
    proxy: bool = False  # whether X-Forwarded-For, -Host and -Proto are believed
    frames: tuple[str, ...] = ()  # whose pages may show this one in a frame, as CSP sources
    download: bool = True  # whether a data set that a page shows is fetched by itself
    passcode: str = field(default="", repr=False)  # the teacher's; empty: one is made

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read EXPLORER_ADDRESS, _HOSTS, _PROXY, _FRAMES, _DOWNLOAD and _PASSCODE. Raises ConfigError."""
        proxy = environment.get("EXPLORER_PROXY", "").strip()
        if proxy not in SWITCH:
            raise ConfigError("setting.proxy", value=proxy)
        download = environment.get("EXPLORER_DOWNLOAD", "").strip().lower()
        if download not in DOWNLOAD:
            raise ConfigError("setting.download", value=download)
        return cls(
            address=environment.get("EXPLORER_ADDRESS", "").strip() or DEFAULT_ADDRESS,
            hosts=_listed(environment, "EXPLORER_HOSTS", _HOST, "explorer.school.edu,lab-server"),
            proxy=SWITCH[proxy],
            frames=_listed(environment, "EXPLORER_FRAMES", _FRAME, "https://moodle.school.edu,https://*.school.edu"),
            download=DOWNLOAD[download],
            passcode=environment.get("EXPLORER_PASSCODE", "").strip(),
        )


def _listed(environment: Mapping[str, str], name: str, form: re.Pattern[str], example: str) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in environment.get(name, "").split(",") if part.strip())
    for part in parts:
        if not form.fullmatch(part):
            raise ConfigError("setting.names", name=name, part=part, example=example)
    return parts


@kept
def server_settings() -> ServerSettings:
    """The settings of this process."""
    return ServerSettings.from_environment()

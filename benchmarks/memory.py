"""Peak memory of the server after page and API have used every model that is there.

A browser opens the page with each model and drags its probe; then each model decodes, encodes an uploaded picture
(nearest samples in both spaces), and draws a sheet of 64 samples. The peak is the operating system's high-water mark of
the process (VmHWM) where it has one, the resident set at the end is psutil's; n is the number of models.
"""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from urllib.request import Request, urlopen

import numpy as np
import psutil
from PIL import Image
from websockets.sync.client import connect

from benchmarks.browser import READY, SOFTWARE_COMPOSITING, box, chromium, window
from benchmarks.options import Options
from benchmarks.report import Row, Target
from benchmarks.servers import Server, explorer

TITLE = "memory: the server after page and API used all models"
MEGABYTE = 1_000_000
SAMPLES = ",".join(str(index) for index in range(64))


def measure(options: Options) -> list[Row]:
    """Resident set at the start, at the end, and the peak."""
    with explorer(options.home) as server:
        start = _resident(server)
        models = json.loads(_get(server, "/api/models"))
        for model in models:
            _use_page(server, model["name"])
            _use_api(server, model["name"], model["latent_dim"])
        end, peak = _resident(server), _peak(server.pid)
    n = len(models)
    return [
        Row("resident when the server first answers", start, "MB", n),
        Row("resident after all models were used", end, "MB", n),
        Row("peak", max(peak, end), "MB", n, Target(1500)),
    ]


def _use_page(server: Server, model: str) -> None:
    with chromium(SOFTWARE_COMPOSITING) as browser, window(browser) as page:
        page.goto(f"{server.url}/?model={model}")
        page.wait_for_selector(READY)
        slider = box(page.get_by_test_id("slider-0"))
        y = slider["y"] + slider["height"] / 2
        page.mouse.move(slider["x"] + slider["width"] * 0.3, y)
        page.mouse.down()
        page.mouse.move(slider["x"] + slider["width"] * 0.7, y, steps=30)
        page.mouse.up()
        page.wait_for_timeout(1000)


def _use_api(server: Server, model: str, dim: int) -> None:
    path = f"/api/models/{model}"
    with connect(f"{server.url.replace('http', 'ws', 1)}{path}/decode", compression=None) as socket:
        for _ in range(10):
            socket.send(np.zeros((64, dim), "<f4").tobytes())
            socket.recv(timeout=60)
    _get(server, f"{path}/sheet?i={SAMPLES}&kind=reconstruction")
    _get(server, f"{path}/nearest?z={','.join(['0'] * dim)}&k=50&space=pixel")
    _get(server, f"{path}/encode?k=50", _photograph())


def _get(server: Server, path: str, body: bytes | None = None) -> bytes:
    with urlopen(Request(server.url + path, data=body), timeout=120) as reply:
        return reply.read()


def _photograph() -> bytes:
    """A JPEG of 12 million pixels, as a telephone takes it."""
    file = io.BytesIO()
    Image.effect_noise((4000, 3000), 60).convert("RGB").save(file, "JPEG", quality=60)
    return file.getvalue()


def _resident(server: Server) -> float:
    return psutil.Process(server.pid).memory_info().rss / MEGABYTE


def _peak(pid: int) -> float:
    """The high-water mark, 0 where the operating system keeps none."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) * 1024 / MEGABYTE if found else 0.0

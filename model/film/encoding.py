"""Pictures as a file that anyone can play: MP4 (PyAV, H.264) or GIF (Pillow)."""

from __future__ import annotations

import io
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import av
from PIL import Image

FORMATS = {"gif": "image/gif", "mp4": "video/mp4"}


def mp4(
    pictures: Iterable[Image.Image], times: Iterable[int], size: tuple[int, int], rate: int, bits_most: int
) -> bytes:
    """A video of `rate` frames a second, each picture (of even width and height) shown in as many frames as its entry
    in `times`; of at most `bits_most` a second.
    """
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        options = {"crf": "22", "preset": "veryfast", "maxrate": str(bits_most), "bufsize": str(bits_most)}
        stream: Any = container.add_stream("libx264", rate=Fraction(rate), options=options)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.codec_context.thread_count = 1  # a lecture's other guests share this machine
        for image, times_shown in zip(pictures, times, strict=True):
            for _ in range(times_shown):
                for packet in stream.encode(av.VideoFrame.from_image(image)):
                    container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    return buffer.getvalue()


def gif(pictures: Iterable[Image.Image], milliseconds: list[int]) -> bytes:
    """An endless GIF of pictures with palettes, each shown for its `milliseconds`."""
    first, *rest = pictures
    buffer = io.BytesIO()
    times = milliseconds if rest else milliseconds[0]
    first.save(buffer, "GIF", save_all=True, append_images=rest, duration=times, loop=0, optimize=False)
    return buffer.getvalue()

"""One hostile client: `python -m benchmarks.hostile_client KIND URL --seconds S` does one thing as hard as it can, and
ends by itself.

It prints how often it asked, and how many requests were answered, refused or cut, as JSON. It runs behind everything
else: a client elsewhere would take no processor time here.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from collections import Counter
from contextlib import suppress
from urllib.parse import urlsplit

from benchmarks.hostile_browser import Hostile
from benchmarks.hostile_kinds import KINDS
from benchmarks.load_client import cookie
from benchmarks.servers import HERE

LAST = 19  # the lowest priority there is


async def run(kind: str, url: str, seconds: float) -> Counter[str]:
    """Be hostile in that way; what became of the requests."""
    taken = await asyncio.to_thread(cookie, url)
    hostile = Hostile(url, time.perf_counter() + seconds, taken)
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await KINDS[kind](hostile)
    return hostile.seen


def main(arguments: list[str] | None = None) -> int:
    """What was seen as JSON; 2 for an address that is not of this machine."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.hostile_client", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("url", help=f"http://{HERE}:PORT")
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args(arguments)
    if urlsplit(options.url).hostname != HERE:
        parser.error(f"only {HERE} is put under load")
    os.nice(LAST)
    print(json.dumps(asyncio.run(run(options.kind, options.url, options.seconds))))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""`python -m app`: serve page and API on one port, with limits on what a client may hold."""

from __future__ import annotations

import argparse
import sys

from app.allocator import share_arenas
from app.settings import ServerSettings
from model.errors import ExplorerError

DEFAULT_PORT = 8501
LAST_PORT = 65_535


def main() -> int:
    """Serve until the process is told to end; 2 where the settings cannot be used."""
    options = _options()
    try:
        settings = ServerSettings.from_environment()
    except ExplorerError as error:
        print(error, file=sys.stderr)
        return 2
    share_arenas()
    from app.perimeter.serving import serve

    return serve(options.address or settings.address, options.port)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m app", description="Serve Manifold Explorer.")
    parser.add_argument(
        "--address", help="what to listen on (EXPLORER_ADDRESS, or localhost); 0.0.0.0 lets other machines in"
    )
    parser.add_argument("--port", type=_port, default=DEFAULT_PORT, help=f"1 to {LAST_PORT}; default: {DEFAULT_PORT}")
    return parser.parse_args()


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= LAST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; it must be a whole number between 1 and {LAST_PORT}.")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())

"""The teacher's passcode: what EXPLORER_PASSCODE says, or one that is made at the start and printed once."""

from __future__ import annotations

import hmac
import secrets
import threading
import time
import unicodedata
from collections import deque
from dataclasses import dataclass, field

from app.access import exposure
from app.access.clients import Client
from app.settings import server_settings
from app.state import kept

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is read as another
GROUPS, GROUP = 2, 4  # "7kqm-4t9x": 40 bits
WINDOW = 60.0  # seconds
TRIES, TRIES_OF_ADDRESS = 5, 30  # in a window; a campus may sit behind one address
LOOK_AGAIN, LOOK_MOST = 0.1, 120.0  # seconds until the server listens


@dataclass(frozen=True)
class Passcode:
    """`made`: by this program; it may then be typed with or without its dash, in capitals or not."""

    text: str
    made: bool

    def fits(self, typed: str) -> bool:
        """Compared in a time that does not depend on how much of it is right."""
        return hmac.compare_digest(self._plain(typed), self._plain(self.text))

    def _plain(self, text: str) -> bytes:
        text = unicodedata.normalize("NFC", text).strip()
        return (text.replace("-", "").replace(" ", "").lower() if self.made else text).encode("utf-8", "replace")


@kept
def passcode() -> Passcode:
    """The passcode of this process."""
    given = server_settings().passcode
    return Passcode(given, made=False) if given else Passcode(_made(), made=True)


def in_force() -> bool:
    """Whether teacher and students are told apart: where somebody set a passcode, and where the server serves
    others.
    """
    return not passcode().made or exposure.serves_others()


def announce() -> None:
    """Print the passcode, once the server turns out to serve others and nobody set one. Returns at once; a thread waits
    for that.
    """
    if passcode().made:
        threading.Thread(target=_announce, name="passcode", daemon=True).start()


def _announce() -> None:
    end = time.monotonic() + LOOK_MOST
    while exposure.listens_beyond() is None and time.monotonic() < end:
        time.sleep(LOOK_AGAIN)
    if in_force():
        print(f"Teacher's passcode: {passcode().text}   (EXPLORER_PASSCODE sets one that lasts)", flush=True)


def _made() -> str:
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS))


@dataclass
class Tries:
    """How often a passcode was tried of late: by each browser at its address, and by each address."""

    times: dict[tuple[str, ...], deque[float]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self, client: Client, now: float) -> float:
        """Count one more try at `now` (monotonic seconds); 0, or the seconds after which the next may come if there
        were too many.
        """
        with self.lock:
            self._forget(now)
            mine, of_address = (client.address, *client.key), (client.address,)
            full = [
                times
                for key, most in ((mine, TRIES), (of_address, TRIES_OF_ADDRESS))
                if len(times := self._of(key)) >= most
            ]
            if full:
                return max(times[0] for times in full) + WINDOW - now
            for key in (mine, of_address):
                self._of(key).append(now)
            return 0.0

    def _of(self, key: tuple[str, ...]) -> deque[float]:
        return self.times.setdefault(key, deque())

    def _forget(self, now: float) -> None:
        for key, times in list(self.times.items()):
            while times and times[0] <= now - WINDOW:
                times.popleft()
            if not times:
                del self.times[key]

"""Read by Python at its start where this folder is on PYTHONPATH: writes down every look outside this machine to ASKED,
and refuses it.
"""

import ipaddress
import os
import sys

NAMES = (
    "socket.getaddrinfo",
    "socket.gethostbyname",
    "socket.gethostbyaddr",
    "socket.getnameinfo",
    "socket.connect",
    "socket.sendto",
)
HERE = ("localhost", "", "None")


def _host(event, arguments):
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        return address[0] if isinstance(address, tuple) else ""
    if event == "socket.getnameinfo":
        return arguments[0][0]
    return arguments[0]


def _outside(host):
    name = host.decode(errors="replace") if isinstance(host, bytes) else str(host)
    if name in HERE:
        return False
    try:
        number = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return True
    return not (number.is_loopback or number.is_unspecified)


def _watch(event, arguments):
    if event in NAMES and _outside(host := _host(event, arguments)):
        with open(os.environ["ASKED"], "a", encoding="utf-8") as file:
            file.write(f"{event} {host}\n")
        raise OSError(f"no way to {host}")


sys.addaudithook(_watch)

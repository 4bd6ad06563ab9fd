"""Run a command where there is no network but the machine's own loopback: ``python tools/offline.py COMMAND...``.

In a network namespace of its own (Linux, util-linux's ``unshare``), which nothing that the command starts can leave.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import struct
import sys

INSIDE = "--inside"
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 0x1


def main(arguments: list[str]) -> None:
    """Become the command, within a namespace."""
    if arguments[:1] != [INSIDE]:
        unshare = shutil.which("unshare")
        if unshare is None or not arguments:
            raise SystemExit("Usage: python tools/offline.py COMMAND...   (Linux, with util-linux's unshare)")
        wishes = ["--net"] if os.geteuid() == 0 else ["--net", "--map-root-user"]
        os.execv(unshare, [unshare, *wishes, sys.executable, __file__, INSIDE, *arguments])  # no shell
    bring_up_loopback()
    os.execvp(arguments[1], arguments[1:])


def bring_up_loopback() -> None:
    """Do what ``ip link set lo up`` does; what serves and is served on one machine needs it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh14x", b"lo", 0)
        _, flags = struct.unpack("16sh14x", fcntl.ioctl(any_socket, SIOCGIFFLAGS, request))
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))


if __name__ == "__main__":
    main(sys.argv[1:])

"""Whether a display of X11 is still there; when it goes, FFmpeg gives its last picture for ever."""

from __future__ import annotations

import re
import socket

_LOCAL = re.compile(r"(?:unix)?:(\d+)(?:\.\d+)?")
_PATIENCE_S = 1.0


def is_there(display: str) -> bool:
    """Say whether a display answers, such as ``:0``; of one that is not on this machine, that it does.

    Pictures from elsewhere come over a connection of which FFmpeg sees the end.
    """
    local = _LOCAL.fullmatch(display)
    if local is None or not hasattr(socket, "AF_UNIX"):
        return True
    path = f"/tmp/.X11-unix/X{local[1]}"  # noqa: S108  # nosec B108  where X11 has it
    # With a 0 in front it is a name that is no file; Linux alone has those.
    return any(map(_answers, (path, f"\0{path}")))


def _answers(address: str) -> bool:
    with socket.socket(socket.AF_UNIX) as asking:
        asking.settimeout(_PATIENCE_S)
        try:
            asking.connect(address)
        except OSError:
            return False
        return True

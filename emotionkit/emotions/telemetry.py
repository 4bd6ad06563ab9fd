"""OpenVINO's usage statistics, which go to a web service unless they are taken away."""

from __future__ import annotations

import sys

_PACKAGE = "openvino_telemetry"
_CONVERTER = "openvino.tools.ovc"


def silence_openvino() -> None:
    """Have OpenVINO use the stand-in that it has for where its package of telemetry is not installed.

    No environment variable asks for that. Call it before OpenVINO is imported; where somebody else imported it before,
    what was taken from the package is replaced.
    """
    # What makes an import of it fail.
    sys.modules[_PACKAGE] = None  # type: ignore[assignment]
    senders = [module for name, module in sys.modules.items() if name.startswith(_CONVERTER) and hasattr(module, "tm")]
    if senders:
        from openvino.tools.ovc import telemetry_stub  # noqa: PLC0415  only where it is loaded anyway

        for module in senders:
            module.tm = telemetry_stub  # type: ignore[attr-defined]

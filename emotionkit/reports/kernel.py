"""A Jupyter kernel on the very interpreter that runs emotionkit, which leaves nothing in the user's home."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager


def kernel_manager(folder: Path) -> type[AsyncKernelManager]:
    """Return a class of kernel managers for papermill whose kernels keep their files in ``folder``.

    A kernel looked up by name could be any interpreter that once registered as ``python3``. Where there are Unix
    sockets, kernels talk through them: no ports, so that reports made at the same time cannot take each other's.
    """
    # A kernel is interrupted before it is shut down, and sometimes logs that as an error. What really goes wrong in one
    # comes back through papermill.
    launch = ["-m", "ipykernel_launcher", "-f", "{connection_file}", "--log-level=CRITICAL"]
    specification = KernelSpec(
        argv=[sys.executable, "-Xfrozen_modules=off", *launch],
        display_name="emotionkit",
        language="python",
        env={
            "IPYTHONDIR": str(folder / "ipython"),
            "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
            # The debugger, which nobody uses here, would warn about modules frozen into Python.
            "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        },
    )

    class OwnInterpreter(AsyncKernelManager):
        def __init__(self, **traits: object) -> None:
            super().__init__(
                connection_file=str(folder / "kernel.json"), transport="tcp" if os.name == "nt" else "ipc", **traits
            )

        @property
        def kernel_spec(self) -> KernelSpec:
            return specification

    return OwnInterpreter

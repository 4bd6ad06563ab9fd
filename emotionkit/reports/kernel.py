"""A Jupyter kernel on the very interpreter that runs emotionkit, which leaves nothing in the user's home."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

_OUTPUT = "output.log"


def kernel_manager(folder: Path) -> type[AsyncKernelManager]:
    """Return a class of kernel managers for papermill whose kernels keep their files in ``folder``.

    A kernel looked up by name could be any interpreter that once registered as ``python3``. Where there are Unix
    sockets, kernels talk through them: no ports, so that reports made at the same time cannot take each other's.

    What kernels write to their standard output and error goes to a file (:func:`last_words`): one that is shut down
    closes its sockets while a thread of its own may still send, and complains of that with a traceback, though the
    notebook is done. What goes wrong in a cell comes back through papermill.
    """
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

        async def start_kernel(self, **options: object) -> None:  # type: ignore[override]  # as in its parent
            with (folder / _OUTPUT).open("ab") as output:
                await super().start_kernel(stdout=output, stderr=output, **options)

    return OwnInterpreter


def last_words(folder: Path) -> str:
    """Return the last line that the kernel of a folder wrote, or nothing; of one that died it may say why."""
    try:
        lines = (folder / _OUTPUT).read_text(encoding="utf-8", errors="replace").split("\n")
    except FileNotFoundError:
        return ""
    return next((line.strip() for line in reversed(lines) if line.strip()), "")

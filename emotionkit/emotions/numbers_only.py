"""A weights file may hold numbers and nothing else, however right its checksum is.

Whoever can change the weights can change the manifest too. HDF5 can point to other files, declare arrays that fill the
memory, and call filters; none of that belongs to weights.
"""

from __future__ import annotations

from pathlib import Path

import h5py

from emotionkit.errors import ModelError

LARGEST_FILE = 64 * 2**20
"""Bytes; the shipped weights have 4.5 million."""


def refuse_all_but_numbers(path: Path) -> None:
    """Look through an HDF5 file without reading its arrays.

    Raises:
        ModelError: It is no HDF5 file, is too large, or holds links to other files, virtual or compressed arrays, more
            numbers than bytes, or anything but floats and integers.
    """
    if path.stat().st_size > LARGEST_FILE:
        raise ModelError(f"The model's weights {path} are {path.stat().st_size:,} bytes: too large to be ours.")
    try:
        with h5py.File(path, "r") as file:
            fault = _fault(file, path.stat().st_size)
    except (OSError, RuntimeError, KeyError, ValueError) as error:
        raise ModelError(f"The model's weights {path} are no HDF5 file, or a damaged one.") from error
    if fault:
        raise ModelError(f"The model's weights {path} hold {fault}, which is refused.")


def _fault(group: h5py.Group, file_bytes: int) -> str | None:
    """Return what does not belong into a group, in words."""
    for name in group:
        link = group.get(name, getlink=True)
        if not isinstance(link, h5py.HardLink):
            return f"the link {name!r}"
        item = group[name]
        fault = _fault(item, file_bytes) if isinstance(item, h5py.Group) else _array_fault(item, name, file_bytes)
        if fault:
            return fault
    return None


def _array_fault(array: h5py.Dataset, name: str, file_bytes: int) -> str | None:
    if array.is_virtual or array.external:
        return f"the array {name!r} from another file"
    if array.dtype.kind not in "fiu":
        return f"{name!r} of type {array.dtype}"
    if array.compression or array.nbytes > file_bytes:
        return f"the array {name!r} of {array.nbytes:,} bytes in a file of {file_bytes:,}"
    return None

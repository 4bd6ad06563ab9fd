"""The network without Keras: converted to OpenVINO once, kept in a cache, and read from there in a third of a second.

Importing Keras and building the network take three seconds in every process; what they come to is always the same. The
network stays Keras code and its weights a Keras file: the cache is named after the weights' SHA-256 and can be deleted
at any time. Any network will do that takes one array and gives a dictionary of arrays.
"""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import filelock
import numpy as np
from numpy.typing import NDArray
from platformdirs import user_cache_path

from emotionkit.emotions.quantisation import Range, quantise
from emotionkit.emotions.telemetry import silence_openvino

if TYPE_CHECKING:
    from emotionkit.emotions.backend import keras

CACHE_VARIABLE = "EMOTIONKIT_CACHE"
"""Environment variable that names another folder for converted networks."""

_PATIENCE_S = 60
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Converted:
    """A network as OpenVINO stores it; ``heads`` are the names of its outputs in their order."""

    xml: bytes
    weights: bytes
    heads: tuple[str, ...]

    @property
    def digest(self) -> str:
        parts = (self.xml, self.weights, "\n".join(self.heads).encode())
        return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


class NetworkRuntime:
    """A network ready to predict; it answers ``predict_on_batch`` as the Keras model does that it was made from."""

    def __init__(self, converted: _Converted, threads: int | None) -> None:
        silence_openvino()
        import openvino  # noqa: PLC0415  a tenth of a second that only a process which reads faces has to spend

        core = openvino.Core()
        limits = {} if threads is None else {"INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1}
        model = core.read_model(converted.xml, converted.weights)
        self._compiled = core.compile_model(model, "CPU", limits)
        self._heads = converted.heads

    def predict_on_batch(self, faces: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        """Return the outputs of the network by name, each float32 (n, …), for an input of n faces."""
        outputs = self._compiled(faces)
        return {head: np.array(outputs[index]) for index, head in enumerate(self._heads)}


def load_runtime(
    sha256: str,
    network: Callable[[], keras.Model],
    *,
    threads: int | None = None,
    cache: Path | None = None,
    activations: Sequence[Range] = (),
) -> NetworkRuntime:
    """Return a network from the cache, or convert it and put it there.

    Args:
        sha256: Names the network: that of its weights.
        network: Builds it; only called where the cache does not hold it.
        threads: How many it may use; OpenVINO's choice unless given.
        cache: Another folder than the user's; where it cannot be written, nothing is kept.
        activations: Range of what goes into each convolution, for convolving in eight bits; not so unless given.

    A file in the cache that is damaged is made anew. Of several processes that want the same, one converts.
    """
    folder = cache or Path(os.environ.get(CACHE_VARIABLE) or user_cache_path("emotionkit", appauthor=False))
    name = f"{sha256}-{_digest(activations)}" if activations else sha256
    path = folder / f"{name}.openvino"
    converted = _read(path)
    if converted is None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with filelock.FileLock(folder / f"{name}.lock", timeout=_PATIENCE_S):
                converted = _read(path) or _write(path, _convert(network(), activations))
        except (OSError, filelock.Timeout) as error:
            _log.info("The converted network cannot be kept in %s: %s", folder, error)
            converted = _convert(network(), activations)
    return NetworkRuntime(converted, threads)


def _digest(activations: Sequence[Range]) -> str:
    return hashlib.sha256(repr([tuple(bounds) for bounds in activations]).encode()).hexdigest()[:16]


def _convert(network: keras.Model, activations: Sequence[Range]) -> _Converted:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.xml"
        # Once more: another may have imported it since.
        silence_openvino()
        network.export(str(path), format="openvino", verbose=False)
        if activations:
            quantise(path, network, activations)
        # Keras flattens a dictionary of outputs in the order of its sorted names.
        heads = tuple(sorted(network.output_names))
        return _Converted(path.read_bytes(), path.with_suffix(".bin").read_bytes(), heads)


def _read(path: Path) -> _Converted | None:
    try:
        with zipfile.ZipFile(path) as archive:
            heads = tuple(archive.read("heads").decode().split("\n"))
            converted = _Converted(archive.read("network.xml"), archive.read("network.bin"), heads)
            return converted if archive.read("sha256").decode() == converted.digest else None
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        return None


def _write(path: Path, converted: _Converted) -> _Converted:
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.stem}.", delete=False) as file:
        temporary = Path(file.name)
        try:
            with zipfile.ZipFile(file, "w") as archive:
                archive.writestr("network.xml", converted.xml)
                archive.writestr("network.bin", converted.weights)
                archive.writestr("heads", "\n".join(converted.heads))
                archive.writestr("sha256", converted.digest)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    temporary.replace(path)
    return converted

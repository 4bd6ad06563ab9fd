"""The network without Keras: converted to OpenVINO once, kept in a cache, and read from there in a third of a second.

Importing Keras and building the network take three seconds in every process; what they come to is always the same. The
network stays Keras code and its weights a Keras file: the cache is named after the weights' SHA-256 and can be deleted
at any time. Any network will do that takes one array and gives a dictionary of arrays.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from emotionkit.cache import kept
from emotionkit.emotions.quantisation import Range, quantise
from emotionkit.emotions.telemetry import silence_openvino

if TYPE_CHECKING:
    from emotionkit.emotions.backend import keras


@dataclass(frozen=True, slots=True)
class _Converted:
    """A network as OpenVINO stores it; ``heads`` are the names of its outputs in their order."""

    xml: bytes
    weights: bytes
    heads: tuple[str, ...]


class NetworkRuntime:
    """A network ready to predict; it answers ``predict_on_batch`` as the Keras model does that it was made from."""

    def __init__(self, converted: _Converted, threads: int | None) -> None:
        silence_openvino()
        import openvino  # noqa: PLC0415  a tenth of a second that only a process which reads faces has to spend

        core = openvino.Core()
        limits: dict[str, Any] = {}
        if threads is not None:
            # OpenVINO binds threads to cores from the first one on: several workers would all share that.
            limits = {"INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1, "ENABLE_CPU_PINNING": False}
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
        cache: Another folder than the user's.
        activations: Range of what goes into each convolution, for convolving in eight bits; not so unless given.
    """
    name = f"{sha256}-{_digest(activations)}" if activations else sha256
    stored = kept(f"{name}.network", lambda: _packed(_convert(network(), activations)), cache)
    return NetworkRuntime(_unpacked(stored), threads)


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


def _packed(converted: _Converted) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("network.xml", converted.xml)
        archive.writestr("network.bin", converted.weights)
        archive.writestr("heads", "\n".join(converted.heads))
    return packed.getvalue()


def _unpacked(packed: bytes) -> _Converted:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        heads = tuple(archive.read("heads").decode().split("\n"))
        return _Converted(archive.read("network.xml"), archive.read("network.bin"), heads)

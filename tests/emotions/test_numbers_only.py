"""Weights files that were made to do harm: a right checksum is no reason to open them."""

from __future__ import annotations

import hashlib
import json
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from emotionkit.emotions.classifier import EmotionClassifier
from emotionkit.emotions.weights import SHIPPED
from emotionkit.errors import ModelError


class _Exploit:
    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return (Path.touch, (Path("/tmp/emotionkit-was-here"),))


def _pickled(path: Path) -> None:
    path.write_bytes(pickle.dumps(_Exploit()))


def _truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _external_link(path: Path) -> None:
    with h5py.File(path, "a") as file:
        file["layers/elsewhere"] = h5py.ExternalLink("/etc/hostname", "/")


def _soft_link(path: Path) -> None:
    with h5py.File(path, "a") as file:
        file["layers/again"] = h5py.SoftLink("/layers")


def _external_storage(path: Path) -> None:
    with h5py.File(path, "a") as file:
        file.create_dataset("secret", (8,), "u1", external=[("/etc/passwd", 0, 8)])


def _virtual(path: Path) -> None:
    layout = h5py.VirtualLayout((4,), "f4")
    layout[:] = h5py.VirtualSource("/nowhere.h5", "x", (4,))
    with h5py.File(path, "a") as file:
        file.create_virtual_dataset("virtual", layout)


def _memory_bomb(path: Path) -> None:
    with h5py.File(path, "a") as file:
        file.create_dataset("bomb", (10**12,), "f4", chunks=(2**20,))


def _zip_bomb(path: Path) -> None:
    with h5py.File(path, "a") as file:
        file.create_dataset("zeros", data=np.zeros(10**6, "f4"), compression="gzip")


def _text(path: Path) -> None:
    with h5py.File(path, "a") as file:
        file["code"] = "import os"


MALICE = [
    _pickled,
    _truncated,
    _empty,
    _external_link,
    _soft_link,
    _external_storage,
    _virtual,
    _memory_bomb,
    _zip_bomb,
    _text,
]


@pytest.mark.parametrize("change", MALICE)
def test_harmful_weights_are_refused_with_one_sentence_though_their_checksum_is_right(tmp_path, change):
    folder = Path(shutil.copytree(SHIPPED, tmp_path / "model"))
    weights = folder / "expression.weights.h5"
    change(weights)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["sha256"] = hashlib.sha256(weights.read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ModelError) as refusal:
        EmotionClassifier.load(folder)
    assert str(refusal.value).count("\n") == 0
    assert "The model's weights" in str(refusal.value)
    assert not Path("/tmp/emotionkit-was-here").exists()

"""The notebooks that train and evaluate the network run from a clean kernel, through papermill."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import cv2
import numpy as np
import pytest

from emotionkit.records import EMOTIONS
from emotionkit.reports.execution import run_notebook
from emotionkit.reports.lesson import notebooks_folder

VOTES = ["anger", "disgust", "fear", "happiness", "neutral", "sadness", "surprise"]
CAN_TRAIN = any(importlib.util.find_spec(backend) for backend in ("jax", "torch"))


def fer2013_archive(path: Path, count: int) -> Path:
    """Write faces of noise with ten votes each for one emotion."""
    rng = np.random.default_rng(count)
    labels = rng.integers(0, 7, count).astype(np.int8)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(
        path,
        images=rng.integers(0, 256, (count, 48, 48), dtype=np.uint8),
        labels=labels,
        votes=(np.eye(7, dtype=np.int8) * 10)[labels],
        has_votes=np.ones(count, bool),
        classes=np.array(EMOTIONS),
        vote_columns=np.array(VOTES),
    )
    return path


def press_archive(path: Path, count: int) -> None:
    """Write press photographs of nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    jpegs = [cv2.imencode(".jpg", np.full((96, 96), 90 + row, np.uint8))[1].ravel() for row in range(count)]
    lengths = np.array([len(jpeg) for jpeg in jpegs], np.int32)
    np.savez(path, jpeg=np.concatenate(jpegs), lengths=lengths, labels=np.arange(count, dtype=np.int8) % 7)


def outputs(notebook) -> list[str]:
    return [kind for cell in notebook.cells for output in cell.get("outputs", []) for kind in output.get("data", {})]


def test_the_network_is_shown_as_it_was_measured(tmp_path):
    faces = str(fer2013_archive(tmp_path / "faces.npz", 20))
    executed = run_notebook(notebooks_folder() / "evaluate_model.ipynb", tmp_path / "out.ipynb", {"faces": faces})
    assert outputs(executed).count("image/png") == 3
    assert outputs(executed).count("text/html") == 3


@pytest.mark.skipif(not CAN_TRAIN, reason='the extra "train" is not installed')
def test_the_training_is_told_from_data_to_weights(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "jax" if importlib.util.find_spec("jax") else "torch")
    fer2013_archive(tmp_path / "data" / "fer2013" / "train.npz", 1600)
    fer2013_archive(tmp_path / "data" / "fer2013" / "validation.npz", 30)
    press_archive(tmp_path / "data" / "press-faces" / "press-faces.npz", 14)
    parameters = {
        "data": str(tmp_path / "data"),
        "run": str(tmp_path / "run"),
        "settings": {"epochs": 2, "batch_size": 16},
        "faces": 64,
    }
    executed = run_notebook(notebooks_folder() / "train_model.ipynb", tmp_path / "out.ipynb", parameters)
    assert outputs(executed).count("image/png") == 2
    assert (tmp_path / "run" / "model" / "manifest.json").is_file()

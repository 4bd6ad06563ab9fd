"""The converted network answers as the one in Keras, from the cache and without Keras."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from emotionkit.emotions.classifier import EmotionClassifier
from emotionkit.emotions.datasets import load_fer2013
from emotionkit.emotions.lazy import LazyClassifier
from emotionkit.emotions.preprocess import network_input
from emotionkit.emotions.quantisation import activation_ranges
from emotionkit.emotions.runtime import load_runtime


@pytest.fixture(scope="module")
def faces():
    return network_input(list(np.random.default_rng(3).integers(0, 256, (5, 60, 60), dtype=np.uint8)))


@pytest.fixture(scope="module")
def network():
    return EmotionClassifier.load().network


def assert_same(one, other):
    assert one.keys() == other.keys()
    for head in one:
        np.testing.assert_allclose(one[head], other[head], atol=0.05)


def test_it_answers_as_the_network_does(tmp_path, faces, network):
    assert_same(
        load_runtime("a", lambda: network, cache=tmp_path).predict_on_batch(faces), network.predict_on_batch(faces)
    )


def test_it_is_converted_once_and_anew_where_the_cache_is_damaged(tmp_path, faces, network):
    made = []
    first = load_runtime("a", lambda: made.append(1) or network, cache=tmp_path)
    load_runtime("a", lambda: pytest.fail("converted again"), threads=1, cache=tmp_path)
    kept = tmp_path / "a.network"
    content = bytearray(kept.read_bytes())
    content[len(content) // 2] ^= 255
    kept.write_bytes(content)
    again = load_runtime("a", lambda: made.append(2) or network, cache=tmp_path)
    assert made == [1, 2]
    assert_same(first.predict_on_batch(faces), again.predict_on_batch(faces))
    load_runtime("a", lambda: pytest.fail("not mended"), cache=tmp_path)


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path, faces, network):
    (tmp_path / "file").write_text("")
    runtime = load_runtime("a", lambda: network, cache=tmp_path / "file" / "below")
    assert_same(runtime.predict_on_batch(faces), network.predict_on_batch(faces))


def test_in_eight_bits_it_reads_nearly_the_same(tmp_path, network):
    faces = network_input(list(np.random.default_rng(4).integers(0, 256, (64, 48, 48), dtype=np.uint8)))
    ranges = activation_ranges(network, faces)
    assert len(ranges) == 28
    runtime = load_runtime("a", lambda: network, cache=tmp_path, activations=ranges)
    exact, rounded = network.predict_on_batch(faces), runtime.predict_on_batch(faces)
    for head, values in exact.items():
        assert not np.array_equal(values, rounded[head])
        np.testing.assert_allclose(values, rounded[head], atol=0.3 * values.std())
    # Kept apart from the same network as it is.
    assert_same(load_runtime("a", lambda: network, cache=tmp_path).predict_on_batch(faces), exact)


def test_what_has_other_convolutions_stays_as_it_is(tmp_path, faces, network):
    runtime = load_runtime("a", lambda: network, cache=tmp_path, activations=[(0.0, 1.0)])
    assert_same(runtime.predict_on_batch(faces), network.predict_on_batch(faces))


def test_the_shipped_network_reads_faces_as_well_in_eight_bits(clips):
    validation = clips.parent / "fer2013" / "validation.npz"
    if not validation.exists():
        pytest.skip("no validation faces here")
    faces = load_fer2013(validation)
    exact = EmotionClassifier.load().read(list(faces.images))
    rounded = LazyClassifier().read(list(faces.images))
    right = [(reading.probabilities.argmax(axis=1) == faces.labels).mean() for reading in (exact, rounded)]
    agree = (exact.probabilities.argmax(axis=1) == rounded.probabilities.argmax(axis=1)).mean()
    assert right[1] > right[0] - 0.002
    assert agree > 0.99
    assert np.abs(exact.usable - rounded.usable).mean() < 0.001


def test_from_the_cache_no_keras_is_imported(tmp_path):
    program = (
        "import sys, numpy as np; from emotionkit.emotions.lazy import LazyClassifier;"
        "LazyClassifier().read([np.zeros((48, 48), np.uint8)]); print('keras' in sys.modules)"
    )
    command = [sys.executable, "-W", "ignore", "-c", program]
    environment = {"EMOTIONKIT_CACHE": str(tmp_path), "PATH": ""}
    seen = [
        subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout for _ in range(2)
    ]
    assert [text.strip() for text in seen] == ["True", "False"]


def openvino_at_work(folder, script):
    """Run a script in a process of its own that says what it asks of the network; as no system for CI would run it."""
    watched = (
        "import sys; sys.addaudithook(lambda event, arguments: event in ('socket.connect', 'socket.getaddrinfo') and"
        " print('network:', event, arguments))\n"
    )
    environment = {name: value for name, value in os.environ.items() if name not in {"CI", "TF_BUILD", "JENKINS_URL"}}
    done = subprocess.run(
        [sys.executable, "-c", watched + script],
        env=environment | {"HOME": str(folder)},
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_openvino_tells_nobody_that_it_was_used(tmp_path):
    """Found by running the systemd unit: a conversion told a web service of it, whatever the environment said."""
    script = (
        "from pathlib import Path\n"
        "from emotionkit.emotions.classifier import EmotionClassifier\n"
        "from emotionkit.emotions.runtime import load_runtime\n"
        "ranges = [(-1.0, 1.0)] * 28\n"
        "load_runtime('a', lambda: EmotionClassifier.load().network, cache=Path('cache'), activations=ranges)"
    )
    assert openvino_at_work(tmp_path, script) == ""
    assert len(list((tmp_path / "cache").glob("a-*.network"))) == 1
    assert not (tmp_path / "intel").exists()


def test_not_even_where_somebody_else_had_imported_it(tmp_path):
    (tmp_path / "intel").mkdir()
    (tmp_path / "intel" / "openvino_telemetry").write_text("0")  # which is how that somebody keeps it quiet
    script = (
        "import openvino.tools.ovc\n"
        "from emotionkit.emotions.telemetry import silence_openvino\n"
        "silence_openvino()\n"
        "print(*sorted({module.tm.__name__ for module in sys.modules.values() if hasattr(module, 'tm')}))"
    )
    assert openvino_at_work(tmp_path, script) == "openvino.tools.ovc.telemetry_stub\n"

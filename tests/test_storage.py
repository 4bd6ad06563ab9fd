"""Paths of objects are used like paths of files."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest
from object_server import object_server, put, settings

from emotionkit import storage
from emotionkit.errors import StorageError
from emotionkit.storage import RemotePath, located


@pytest.fixture
def server(monkeypatch):
    storage._s3.cache_clear()
    with object_server() as server:
        for name, value in settings(server.address).items():
            monkeypatch.setenv(name, value)
        yield server
    storage._s3.cache_clear()


@pytest.mark.parametrize("text", ["waves.mp4", "/a/b:c.mp4", "C:/waves.mp4", "week: 3//waves.mp4", "s3:/a", "s3://"])
def test_what_is_no_url_is_a_file(text):
    assert located(text) == Path(text)
    assert not isinstance(located(text), RemotePath)


def test_a_path_of_an_object_is_a_path():
    path = located("s3://class/week 3/waves.mp4")
    assert str(path) == os.fspath(path) == path.as_posix() == "s3://class/week 3/waves.mp4"
    assert (path.name, path.stem, path.suffix) == ("waves.mp4", "waves", ".mp4")
    assert str(path.with_suffix(".yml")) == "s3://class/week 3/waves.yml"
    assert str(path.parent / "roster.csv") == "s3://class/week 3/roster.csv"
    assert str(path.relative_to(located("s3://class"))) == "week 3/waves.mp4"
    assert path.resolve() == path.absolute() == path
    again = pickle.loads(pickle.dumps(path))
    assert again == path
    assert type(again) is RemotePath


def test_what_is_there(server):
    put(server.address, "class/a/waves.mp4", b"0123456789")
    put(server.address, "class/a/waves.yml", b"title: Wellen\n")
    path = located("s3://class/a/waves.mp4")
    assert path.is_file()
    assert path.stat().st_size == 10
    assert path.parent.is_dir()
    assert not path.with_name("tides.mp4").exists()
    assert path.with_suffix(".yml").read_text(encoding="utf-8") == "title: Wellen\n"
    assert {str(found) for found, _ in located("s3://class").objects()} == {str(path), str(path.with_suffix(".yml"))}
    with pytest.raises(FileNotFoundError, match=r"s3://class/a/tides\.mp4"):
        path.with_name("tides.mp4").open("rb")
    with pytest.raises(OSError, match="Read-only"):
        path.open("wb")


def test_only_what_is_wanted_is_fetched(server):
    content = os.urandom(10 << 20)
    put(server.address, "class/long.mp4", content)
    before = server.sent
    with located("s3://class/long.mp4").open("rb") as file:
        file.seek(5 << 20)
        assert file.read(1000) == content[5 << 20 : (5 << 20) + 1000]
        assert file.seek(-4, os.SEEK_END) == len(content) - 4
        assert file.read() == content[-4:]
        assert file.read(1) == b""
    assert server.sent - before < 300_000
    assert located("s3://class/long.mp4").read_bytes() == content


def test_a_storage_that_refuses_says_so_in_a_sentence(server):
    put(server.address, "class/waves.mp4", b"0123456789")
    with located("s3://class/waves.mp4").open("rb") as file:
        server.left = 0
        with pytest.raises(StorageError, match=r"^s3://\S+ cannot be read from its storage: ACCESS_DENIED"):
            file.read()
    assert file.raw.fault is not None, "decoders would take it for the end of the file"


def test_nobody_there(server, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(StorageError, match="NETWORK_CONNECTION"):
        located("s3://class/waves.mp4").exists()


def test_other_storages_are_reached_through_fsspec():
    fsspec = pytest.importorskip("fsspec")
    with fsspec.open("memory://class/waves.mp4", "wb") as file:
        file.write(b"0123456789")
    assert located("memory://class/waves.mp4").read_bytes() == b"0123456789"
    with pytest.raises(StorageError, match="Protocol not known: carrier-pigeon"):
        located("carrier-pigeon://class/waves.mp4").exists()

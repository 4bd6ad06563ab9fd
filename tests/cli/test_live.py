"""``emotionkit live`` with bad input of every kind; the classes themselves are in tests/live."""

from __future__ import annotations

import re
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from emotionkit.batch.undertaking import Outcome
from emotionkit.cli.live import live
from emotionkit.cli.live_teller import LiveTeller
from emotionkit.policy import JURISDICTION_VARIABLE, PURPOSE_VARIABLE
from emotionkit.warehouse import open_warehouse

Run = Callable[..., tuple[int, str, str]]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "Give a SOURCE, or --resume"),
        (["lesson.mp4", "--resume"], "Give a SOURCE, or --resume"),
        (["lesson.mp4", "--sample-fps", "0"], "Setting sample_fps = 0.0 cannot be used"),
        (["lesson.mp4", "--sample-fps", "nan"], "Setting sample_fps = nan cannot be used"),
        (["lesson.mp4", "--port", "70000"], "70000"),
        (["lesson.mp4", "--patience", "-1"], "-1"),
        (["lesson.mp4", "--patience", "nan"], "'nan' is not a valid number."),
    ],
)
def test_wrong_usage(emotionkit: Run, tmp_path: Path, arguments: list[str], sentence: str) -> None:
    status, out, err = emotionkit("live", *arguments)
    assert (status, out) == (2, "")
    assert sentence in err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["gone.mp4"], "gone.mp4 does not exist.\n"),
        (["."], ". is a folder, not a recording.\n"),
        (["http://a/\udcff"], "The address is no address of a stream.\n"),
        (["ftp://a/b"], "ftp://a/b cannot be read: streams begin with rtsp, rtsps, http, https, udp.\n"),
        (["http://u:secret@127.0.0.1:9/x?key=secret"], "http://127.0.0.1:9/x cannot be read (connection refused).\n"),
        (["0", "--address", "here"], "here is not an IP address.\n"),
        (
            ["0", "--address", "0.0.0.0"],
            "The page is served at 0.0.0.0, which other machines can reach, only with --certificate.\n",
        ),
        (["0", "--certificate", "no.pem"], "The certificate no.pem cannot be used: no such file or directory.\n"),
        (["0", "--lesson-id", "../x"], "The lesson id '../x' cannot be used: it contains '/'.\n"),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="cameras have other names")
def test_a_fault_is_one_sentence(emotionkit: Run, arguments: list[str], sentence: str) -> None:
    status, out, err = emotionkit("live", *arguments, "--json")
    assert (status, err) == (1, sentence)
    assert "secret" not in out + err
    assert not Path("warehouse").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="cameras have other names")
def test_a_camera_that_is_not_there(emotionkit: Run) -> None:
    status, _, err = emotionkit("live", "77", "--json")
    assert (status, err.count("\n")) == (1, 1)
    assert err.startswith("camera 77 is not there: this machine has ")


def test_a_port_that_is_taken(emotionkit: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, _, err = emotionkit("live", "0", "--port", port)
    assert status == 1
    assert err == f"Port {port} of 127.0.0.1 cannot be used: address already in use; --port chooses another.\n"


def test_nothing_starts_without_a_purpose(emotionkit: Run, short_lesson: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PURPOSE_VARIABLE, "teaching feedback")
    monkeypatch.setenv(JURISDICTION_VARIABLE, "DE")
    status, out, err = emotionkit("live", short_lesson)
    assert (status, out) == (1, "")
    assert "Article 5(1)(f)" in err
    monkeypatch.delenv(PURPOSE_VARIABLE)
    for arguments in ([short_lesson], ["--resume"]):
        status, out, err = emotionkit("live", *arguments)
        assert (status, out, err.count("\n")) == (1, "", 1)
        assert "`emotionkit init`" in err


def test_a_lesson_is_not_replaced(emotionkit: Run, short_lesson: Path) -> None:
    assert emotionkit("process", short_lesson, "--lesson-id", "taken")[0] == 0
    status, out, err = emotionkit("live", short_lesson, "--lesson-id", "taken")
    assert (status, out) == (1, "")
    assert err == "There is a lesson 'taken' in the warehouse already; choose another name with --lesson-id.\n"


def test_an_erased_recording_is_not_read_again(emotionkit: Run, short_lesson: Path) -> None:
    assert emotionkit("process", short_lesson)[0] == 0
    assert emotionkit("erase", "--recording", short_lesson, "--yes")[0] == 0
    status, _, err = emotionkit("live", short_lesson)
    assert status == 1
    assert "is not read again; `emotionkit erase --readmit` allows it." in err


@pytest.mark.parametrize("where", ["name", "folder"])
def test_a_name_that_is_no_text_is_refused_before_the_class(
    emotionkit: Run, short_lesson: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """As begin does of a recording: it would run to its end, and could not be stored then."""
    place = {"name": tmp_path / "\udcff.mp4", "folder": tmp_path / "\udcff" / "lesson.mp4"}[where]
    try:
        place.parent.mkdir(exist_ok=True)
        shutil.copy(short_lesson, place)
    except OSError:
        pytest.skip("this file system has names in UTF-8 alone")
    monkeypatch.chdir(place.parent)
    status, out, err = emotionkit("live", place.name, "--json")
    assert (status, out) == (1, "")
    assert err.endswith("has a name, or a folder, that is no text in UTF-8: rename it.\n")


def test_nothing_was_cut_off(emotionkit: Run, tmp_path: Path) -> None:
    assert emotionkit("live", "--resume") == (0, "No class was cut off.\n", "")
    assert emotionkit("live", "--resume", "--json") == (0, "", "")
    assert not list(tmp_path.iterdir())


def test_a_warehouse_that_cannot_be_written(emotionkit: Run, short_lesson: Path) -> None:
    Path("file").write_text("")
    status, _, err = emotionkit("live", short_lesson, "--warehouse", "file", "--json")
    assert (status, err.count("\n")) == (1, 1)
    assert err.startswith("The warehouse file ")


def test_help_fits_a_terminal(emotionkit: Run) -> None:
    status, out, _ = emotionkit("live", "--help")
    assert status == 0
    assert max(map(len, out.splitlines())) <= 80


def test_the_commands_of_the_guide_are_understood() -> None:
    guide = Path(__file__).resolve().parents[2].joinpath("docs", "live.md").read_text()
    commands = re.findall(r"(?:^\$ |`)emotionkit live ([^`\n]+)", guide, re.MULTILINE)
    assert len(commands) >= 6
    for command in commands:
        live.make_context("live", shlex.split(command))
    for option in re.findall(r"`(--[a-z-]+)`", guide):
        assert any(option in parameter.opts for parameter in live.params), option


def test_people_hear_of_a_picture_that_is_back_only_once_it_was_lost(capsys: pytest.CaptureFixture[str]) -> None:
    with LiveTeller(as_json=False) as teller:
        for state, second in (("running", 0.5), ("lost", 61), ("running", 61), ("running", 62)):
            teller.event(state, {"second": second, "reason": "gave no picture for 5 s."})
    told = "The picture is lost at 1:01: gave no picture for 5 s.\nThe picture is back at 1:01.\n"
    assert capsys.readouterr().err == told


@pytest.mark.parametrize(("decoded_s", "missing"), [(3570, ""), (3300, ", 5:00 of it missing")])
def test_what_is_missing_of_a_class_is_told(capsys: pytest.CaptureFixture[str], decoded_s: float, missing: str) -> None:
    with LiveTeller(as_json=False) as teller:
        teller.stored(Outcome(Path("camera 0"), "it", True, 3600.0, 7200, 3, decoded_s))
    assert capsys.readouterr().out == f"it is stored: 3 faces in 7200 frames, 1:00:00 of class{missing}\n"


@pytest.mark.skipif(sys.platform == "win32", reason="a shell closes no streams there")
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
@pytest.mark.parametrize("verb", ["live", "process"])
def test_closed_streams_are_nobody(short_lesson: Path, tmp_path: Path, closed: str, verb: str) -> None:
    command = f"{shlex.quote(sys.executable)} -m emotionkit {verb} {shlex.quote(str(short_lesson))} {closed}"
    assert subprocess.run(["sh", "-c", command], cwd=tmp_path, check=False).returncode == 0
    assert len(open_warehouse(tmp_path / "warehouse").lessons()) == 1

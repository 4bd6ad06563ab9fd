"""A child process crashes, hangs or wants too much: that is told of its recording, and the next thing is done."""

from __future__ import annotations

import os
import time
from pathlib import Path

import confinement_targets as targets
import pytest

from emotionkit.batch.confined_orders import Confines
from emotionkit.batch.confinement import Confined
from emotionkit.errors import Limit, RecordingError, UnsafeRecordingError

RECORDING = Path("lesson.mp4")


@pytest.fixture(scope="module")
def confined():
    with Confined(Confines(silence_s=2.0)) as one:
        yield one


def fault(confined, *call, **limits):
    with pytest.raises(UnsafeRecordingError) as caught:
        confined.call(RECORDING, *call, **limits)
    sentence = str(caught.value)
    assert sentence.startswith("lesson.mp4 ")
    assert sentence.endswith(".")
    assert confined.call(RECORDING, targets.add, 1, 2) == 3, "the next one is done"
    return caught.value.limit, sentence


def test_it_returns_what_the_function_does_from_one_process(confined):
    assert confined.call(RECORDING, targets.add, "a", "b") == "ab"
    first = confined.call(RECORDING, targets.process_id)
    assert first != os.getpid()
    assert confined.call(RECORDING, targets.process_id) == first


def test_errors_of_the_family_cross_whole(confined):
    with pytest.raises(RecordingError) as caught:
        confined.call(RECORDING, targets.complain, Path("a.mp4"))
    assert (caught.value.path, caught.value.reason) == (Path("a.mp4"), "is broken.")


def test_notes_come_on_the_way(confined):
    seen = []
    assert confined.call(RECORDING, targets.count, on_note=seen.append) == "counted"
    assert seen == [0, 1, 2]


def test_what_is_called_off_is_no_answer_to_what_comes_next(confined):
    def call_off(_note):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        confined.call(RECORDING, targets.count, on_note=call_off)
    assert confined.call(RECORDING, targets.add, 1, 2) == 3


def test_a_crash(confined):
    limit, sentence = fault(confined, targets.crash)
    assert limit is Limit.CRASHED
    assert "(Segmentation fault)" in sentence


def test_a_crash_that_does_not_repeat_itself_is_nobodys_fault(confined, tmp_path):
    assert confined.call(RECORDING, targets.crash_once, tmp_path / "marker") == "done"


def test_silence_that_nobody_listened_to_is_no_hang(confined):
    """As when the whole job is stopped for a while (Ctrl-Z) and goes on."""
    assert confined.call(RECORDING, targets.rest, 3.0, on_note=lambda _: time.sleep(2.5)) == "rested"


@pytest.mark.parametrize("function", [targets.hang, targets.hang_in_native_code])
def test_a_hang(confined, function):
    begun = time.monotonic()
    limit, sentence = fault(confined, function)
    assert limit is Limit.HUNG
    assert "nothing came for 2 s" in sentence
    assert time.monotonic() - begun < 20


def test_talk_that_never_ends(confined):
    limit, _ = fault(confined, targets.talk_for_ever, on_note=lambda note: None, longest_s=1.0)
    assert limit is Limit.HUNG


def test_too_much_memory(confined):
    limit, sentence = fault(confined, targets.devour)
    assert limit is Limit.MEMORY
    assert "6.0 GiB" in sentence


def test_an_answer_is_data_and_never_code(confined, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    limit, sentence = fault(confined, targets.take_over)
    assert limit is Limit.CRASHED
    assert "nonsense" in sentence
    assert not (tmp_path / "harmed").exists()


def test_native_code_that_shouts_is_not_heard(confined, capfd):
    assert confined.call(RECORDING, targets.shout) == "shouted"
    assert capfd.readouterr() == ("", "")


def test_nothing_is_kept_from_one_order_to_the_next(confined):
    """PyAV's containers refer to themselves, and hold their decoders."""
    assert [confined.call(RECORDING, targets.leave_a_cycle) for _ in range(3)] == [0, 0, 0]


def test_a_fault_of_the_program_is_shown_as_one(confined):
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        confined.call(RECORDING, targets.fail)


def test_no_child_outlives_the_block():
    with Confined() as one:
        child = one.call(RECORDING, targets.process_id)
        one.call(RECORDING, targets.ignore_all)
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)

"""Commands as a person runs them, in this process."""

from __future__ import annotations

import pytest

from emotionkit.cli import main


@pytest.fixture
def emotionkit(tmp_path, monkeypatch, capsys):
    """``emotionkit(*arguments)``: run a command in an empty folder; returns (status, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return ended.value.code, captured.out, captured.err

    return run

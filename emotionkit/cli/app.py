"""The command line as a whole: its verbs, and how it ends."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Sequence

import click

from emotionkit._version import __version__
from emotionkit.cli.doctor import doctor
from emotionkit.cli.erase import erase
from emotionkit.cli.evaluate import evaluate
from emotionkit.cli.export import export
from emotionkit.cli.init import init
from emotionkit.cli.lessons import lessons
from emotionkit.cli.live import live
from emotionkit.cli.nightly import nightly
from emotionkit.cli.output import ALL_WELL, FAILED, STOPPED, WRONG_USAGE, complain, spell_what_stdout_cannot_hold
from emotionkit.cli.process import process
from emotionkit.cli.report import report
from emotionkit.cli.students import students
from emotionkit.cli.train import train
from emotionkit.errors import EmotionkitError, SettingsError

_UNWRITABLE = {errno.ENOSPC, errno.EDQUOT, errno.EIO}


@click.group(context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.version_option(__version__, message="emotionkit %(version)s")
def app() -> None:
    """Apparent expressions in recorded classes, read in aggregate and reported per lesson."""


for command in (init, process, live, report, nightly, lessons, students, export, erase, doctor, evaluate, train):
    app.add_command(command)


def run(arguments: Sequence[str]) -> int:
    """Run the command line on some arguments and return its exit status."""
    spell_what_stdout_cannot_hold()
    try:
        return app.main(args=list(arguments), prog_name="emotionkit", standalone_mode=False) or ALL_WELL
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except SettingsError as error:
        complain(str(error))
        return WRONG_USAGE
    except EmotionkitError as error:
        complain(str(error))
        return FAILED
    except click.Abort:
        complain("Stopped. What was finished is stored; the rest can be started again.")
        return STOPPED
    except OSError as error:
        if error.errno not in _UNWRITABLE:
            raise
        # Commands tell of their own files; what is left is what they say.
        with contextlib.suppress(OSError):
            complain(f"The output cannot be written: {error.strerror}.")
        return FAILED

"""The command line as a whole: its verbs, and how it ends."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from emotionkit._version import __version__
from emotionkit.cli import doctor, evaluate, lessons, process, report, train
from emotionkit.cli.output import complain
from emotionkit.errors import EmotionkitError

app = typer.Typer(
    name="emotionkit",
    help="Apparent expressions in recorded classes, read in aggregate and reported per lesson.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (process, report, lessons, doctor, evaluate, train):
    app.command()(getattr(module, module.__name__.rpartition(".")[2]))


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
) -> None:
    if version:
        typer.echo(f"emotionkit {__version__}")
        raise typer.Exit


def main() -> None:
    """Run the command line; every foreseeable fault ends in one sentence and a status."""
    try:
        app()
    except EmotionkitError as error:
        complain(str(error))
        sys.exit(1)
    except KeyboardInterrupt:
        complain("Stopped. What was finished is stored; the rest can be started again.")
        sys.exit(130)

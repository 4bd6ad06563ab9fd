"""``emotionkit init``: declare what recordings are processed for, and under whose law."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click

from emotionkit.cli.options import checked
from emotionkit.cli.output import json_option, print_json
from emotionkit.policy import GROUNDS, Policy, Purpose, parse_jurisdiction, parse_purpose
from emotionkit.project import PROJECT_FILE, declare_policy


@click.command()
@click.option("--purpose", callback=checked(parse_purpose), metavar="WORDS", help=f"One of: {', '.join(Purpose)}.")
@click.option(
    "--jurisdiction",
    callback=checked(parse_jurisdiction),
    metavar="CODE",
    help="A country such as US or DE, or EU or EEA.",
)
@json_option
def init(purpose: str | None, jurisdiction: str | None, as_json: bool) -> None:
    """Declare purpose and jurisdiction.

    Asks for what is not given, and writes it to emotionkit.toml in this folder. Processing needs it.
    """
    if purpose is None:
        for name, ground in GROUNDS.items():
            click.echo(f"  {name}: {ground}", err=True)
        purpose = _asked("Recordings are processed for", parse_purpose, "--purpose")
    if jurisdiction is None:
        jurisdiction = _asked(
            "The people recorded live in (such as US, DE or EU)", parse_jurisdiction, "--jurisdiction"
        )
    policy = Policy(Purpose(purpose), jurisdiction)
    path = Path(PROJECT_FILE)
    changed = declare_policy(policy, path)
    if as_json:
        print_json({"settings": path, "changed": changed, "purpose": policy.purpose, "jurisdiction": jurisdiction})
    else:
        click.echo(f"{path} {'now' if changed else 'already'} declares {policy}, {GROUNDS[policy.purpose]}")


def _asked(question: str, parse: Callable[[object], str], option: str) -> str:
    def read(answer: str) -> str:
        try:
            return parse(answer)
        except ValueError as error:
            raise click.UsageError(f"{error}.") from error

    try:
        answer: str = click.prompt(question, value_proc=read, err=True)
    except click.Abort:
        if sys.stdin.isatty():
            raise
        raise click.UsageError(f"Nobody answers here; give {option}.") from None
    return answer

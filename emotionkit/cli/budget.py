"""The option ``--budget``."""

from __future__ import annotations

import click

from emotionkit.batch.budget import Budget
from emotionkit.errors import InvalidInputError


def _parsed(_context: click.Context, _parameter: click.Parameter, text: str | None) -> Budget | None:
    try:
        return None if text is None else Budget.parsed(text)
    except InvalidInputError as error:
        raise click.BadParameter(str(error)) from error


budget_option = click.option(
    "--budget", callback=_parsed, metavar="B", help="Stop after 600s, 90min or 2h; or use 50% of the cores."
)

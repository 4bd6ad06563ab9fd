"""How values of options become what they mean, or a sentence that says what was wrong with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

ValueT = TypeVar("ValueT")


def checked(parse: Callable[[str], ValueT]) -> Callable[[click.Context, click.Parameter, str | None], ValueT | None]:
    """Return a callback for Click that parses a value, if one is given; a ``ValueError`` is told as wrong usage."""

    def check(context: click.Context, parameter: click.Parameter, value: str | None) -> ValueT | None:
        try:
            return None if value is None else parse(value)
        except ValueError as error:
            raise click.BadParameter(f"{error}.", context, parameter) from error

    return check

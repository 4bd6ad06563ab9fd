"""Options that several commands share, and how values become what they mean, or a sentence that says what is wrong."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from typing import Any, TypeVar

import click

ValueT = TypeVar("ValueT")

sample_fps_option = click.option(
    "--sample-fps", type=float, metavar="N", default=2.0, help="Frames to look at per second."
)
workers_option = click.option(
    "--workers",
    type=click.IntRange(min=1),
    metavar="N",
    default=lambda: os.cpu_count() or 1,
    show_default="one per core",
    help="Processes of one core each.",
)


class NumberRange(click.FloatRange):
    """Numbers within bounds, and nothing that is none: "nan" is below and above nothing."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number, or tell the usage."""
        number: float = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{value!r} is not a valid number.", param, ctx)
        return number


def checked(parse: Callable[[str], ValueT]) -> Callable[[click.Context, click.Parameter, str | None], ValueT | None]:
    """Return a callback for Click that parses a value, if one is given; a ``ValueError`` is told as wrong usage."""

    def check(context: click.Context, parameter: click.Parameter, value: str | None) -> ValueT | None:
        try:
            return None if value is None else parse(value)
        except ValueError as error:
            raise click.BadParameter(f"{error}.", context, parameter) from error

    return check

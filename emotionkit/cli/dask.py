"""The option ``--dask``."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import click

from emotionkit.batch.dask_address import DaskAddress
from emotionkit.cli.options import checked
from emotionkit.errors import EmotionkitError

if TYPE_CHECKING:
    from emotionkit.batch.workers import Workers

dask_option = click.option(
    "--dask",
    callback=checked(DaskAddress.parsed),
    metavar="ADDRESS",
    help="Have the workers of Dask do it: tcp://HOST:PORT, tls://HOST:PORT, or local:N.",
)


class MissingExtraError(EmotionkitError):
    """A part of emotionkit is asked for that is installed on demand."""


def dask_team(address: DaskAddress | None, on_notice: Callable[[str], None]) -> AbstractContextManager[Workers] | None:
    """Return the workers that ``--dask`` names, to be reached when entered; None where it was not given.

    Raises:
        MissingExtraError: Dask is not installed.
        ModelError: The shipped weights cannot be used.
    """
    if address is None:
        return None
    try:
        from emotionkit.batch.dask_workers import DaskWorkers
    except ModuleNotFoundError as error:
        raise MissingExtraError("--dask needs Dask: `pip install emotionkit[dask]`.") from error
    return DaskWorkers(address, on_notice=on_notice)

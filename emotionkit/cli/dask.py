"""The option ``--dask``."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

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


def refuse_workers_beside(address: DaskAddress | None) -> None:
    """Refuse ``--workers`` on the command line where Dask's are to do the work.

    Raises:
        click.BadParameter: Both were given.
    """
    if address and click.get_current_context().get_parameter_source("workers") is ParameterSource.COMMANDLINE:
        raise click.BadParameter(
            "counts processes here; with --dask the workers are those of Dask.", param_hint="--workers"
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

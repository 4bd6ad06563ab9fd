"""``emotionkit doctor``: is everything here that the nightly run will need?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import typer

from emotionkit.cli.output import FAILED, JsonOption, WarehouseOption, print_json
from emotionkit.errors import EmotionkitError


def doctor(warehouse: WarehouseOption = "warehouse", json: JsonOption = False) -> None:
    """Check the installation and the warehouse, and say what to do about what is wrong."""
    from emotionkit.cli import checks

    examined: list[tuple[str, Callable[[], str]]] = [
        ("python", checks.python_version),
        ("video", checks.video_decoder),
        ("faces", checks.face_detector),
        ("model", checks.model),
        ("reports", checks.report_notebook),
        ("warehouse", lambda: checks.warehouse(Path(warehouse))),
        ("disk", lambda: checks.free_space(Path(warehouse))),
    ]
    results = [(name, *_examine(check)) for name, check in examined]
    if json:
        print_json([{"check": name, "ok": ok, "finding": finding} for name, ok, finding in results])
    else:
        for name, ok, finding in results:
            typer.echo(f"{'ok' if ok else 'FAILED':<8}{name:<11}{finding}")
    if not all(ok for _, ok, _ in results):
        raise typer.Exit(FAILED)


def _examine(check: Callable[[], str]) -> tuple[bool, str]:
    try:
        return True, check()
    except EmotionkitError as error:
        return False, str(error)
    except ImportError as error:
        return False, f"{error}; run `make setup` or reinstall emotionkit."

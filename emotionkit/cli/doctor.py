"""``emotionkit doctor``: is everything here that the nightly run will need?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from emotionkit.cli.output import ALL_WELL, FAILED, json_option, print_json, reports_option, warehouse_option
from emotionkit.errors import EmotionkitError


@click.command()
@warehouse_option
@reports_option
@json_option
def doctor(warehouse: Path, reports: Path, as_json: bool) -> int:
    """Check that everything is here that is needed.

    Says of each thing that is wrong what to do about it.
    """
    from emotionkit.cli import checks

    examined: list[tuple[str, Callable[[], str]]] = [
        ("python", checks.python_version),
        ("video", checks.video_decoder),
        ("faces", checks.face_detector),
        ("model", checks.model),
        ("reports", checks.report_notebook),
        ("policy", checks.policy),
        ("people", lambda: checks.people(warehouse)),
        ("warehouse", lambda: checks.warehouse(warehouse)),
        ("classes", lambda: checks.classes(warehouse)),
        ("audit log", lambda: checks.audit_log(warehouse)),
        ("erasures", lambda: checks.erasures(warehouse)),
        ("retention", lambda: checks.retention(warehouse, reports)),
        ("disk", lambda: checks.free_space(warehouse)),
    ]
    results = [(name, *_examine(check)) for name, check in examined]
    if as_json:
        print_json([{"check": name, "ok": ok, "finding": finding} for name, ok, finding in results])
    else:
        for name, ok, finding in results:
            click.echo(f"{'ok' if ok else 'FAILED':<8}{name:<11}{finding}")
    return ALL_WELL if all(ok for _, ok, _ in results) else FAILED


def _examine(check: Callable[[], str]) -> tuple[bool, str]:
    try:
        return True, check()
    except EmotionkitError as error:
        return False, str(error)
    except ImportError as error:
        return False, f"{error}; run `make setup` or reinstall emotionkit."
    except OSError as error:
        return False, f"{error.filename} cannot be read: {error.strerror or error}."

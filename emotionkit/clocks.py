"""The clocks on which lessons have their days and times of day: those of one time zone, else those of this machine."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from emotionkit.errors import SettingsError, quoted
from emotionkit.project import parse_time_zone

_zone: ZoneInfo | None = None


def use(time_zone: str | None) -> None:
    """Use the clocks of a time zone of the IANA database from now on, in this process; None is for this machine's.

    Raises:
        SettingsError: There is none of that name.
    """
    global _zone  # noqa: PLW0603 - a lesson has one day, wherever it is asked for
    try:
        _zone = ZoneInfo(parse_time_zone(time_zone)) if time_zone else None
    except ValueError as error:
        raise SettingsError(f"Time zone {quoted(time_zone)} cannot be used: {error}.") from error


def in_use() -> str | None:
    """Return the name of the time zone in use; None where this machine's clocks are."""
    return _zone.key if _zone else None


def today() -> date:
    """Return the day on the clocks in use."""
    return local(datetime.now(UTC)).date()


def local(moment: datetime) -> datetime:
    """Return an instant on the clocks in use."""
    return moment.astimezone(_zone)

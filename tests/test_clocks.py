"""Days and times of day of a lesson, wherever its machine stands and whatever time zone its project names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from emotionkit import clocks
from emotionkit.errors import SettingsError
from emotionkit.reports import formatting

MIDNIGHT_IN_BERLIN = datetime(2026, 9, 13, 22, tzinfo=UTC)

Move = Callable[[str], None]


@pytest.mark.parametrize(
    ("machine", "time_zone", "shown"),
    [
        ("UTC", None, "13 September 2026, 22:00"),
        ("Europe/Berlin", None, "14 September 2026"),
        ("UTC", "Europe/Berlin", "14 September 2026"),
        ("Europe/Berlin", "America/New_York", "13 September 2026, 18:00"),
    ],
)
def test_instants_are_shown_on_the_clocks_in_use(
    machine_in: Move, machine: str, time_zone: str | None, shown: str
) -> None:
    machine_in(machine)
    clocks.use(time_zone)
    assert clocks.in_use() == time_zone
    assert formatting.date(MIDNIGHT_IN_BERLIN) == shown


def test_summer_and_winter_have_their_own_clocks(machine_in: Move) -> None:
    machine_in("Europe/Berlin")
    for month, hour in ((7, 14), (12, 13)):
        assert clocks.local(datetime(2026, month, 1, 12, tzinfo=UTC)).hour == hour


def test_a_time_zone_that_is_none_is_one_sentence() -> None:
    with pytest.raises(SettingsError, match=r"^Time zone 'Middle/Earth' cannot be used: give a time zone such as"):
        clocks.use("Middle/Earth")

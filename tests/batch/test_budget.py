"""What a budget means, and what it does not."""

from __future__ import annotations

import pytest

from emotionkit.batch import budget as module
from emotionkit.batch.budget import Budget
from emotionkit.errors import InvalidInputError


@pytest.mark.parametrize(("text", "seconds"), [("600s", 600), ("1.5h", 5400), ("90 min", 5400), (" 10s ", 10)])
def test_times(text, seconds):
    assert Budget.parsed(text) == Budget(seconds=seconds)


@pytest.mark.parametrize("text", ["", "600", "0s", "-5s", "101%", "0%", "50", "half", "1d", "nan%", "5 % of it"])
def test_what_is_no_budget_is_refused_with_an_example(text):
    with pytest.raises(InvalidInputError, match="such as 600s"):
        Budget.parsed(text)


@pytest.mark.parametrize(
    ("share", "workers", "share_of_worker"), [("100%", 4, 1.0), ("50%", 2, 1.0), ("30%", 2, 0.6), ("5%", 1, 0.2)]
)
def test_a_share_of_four_cores(monkeypatch, share, workers, share_of_worker):
    monkeypatch.setattr(module, "_cores", lambda: 4)
    budget = Budget.parsed(share)
    assert budget.workers(8) == workers
    assert budget.share_of_worker(workers) == pytest.approx(share_of_worker)
    assert budget.deadline() is None

"""What docs/reports.md shows is there: pictures, links, settings and code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from emotionkit.project import load_project_settings
from emotionkit.reports.texts import FILES

ROOT = Path(__file__).resolve().parents[1]
GUIDE = (ROOT / "docs" / "reports.md").read_text()


@pytest.mark.parametrize("link", sorted(set(re.findall(r"(?:\]\(|src=\")([^)#\"]+)", GUIDE))))
def test_links_lead_somewhere(link):
    assert (ROOT / "docs" / link).exists()


def test_pictures_are_small():
    sizes = {path.name: path.stat().st_size for path in (ROOT / "docs" / "pictures").iterdir()}
    assert sizes
    assert max(sizes.values()) < 200_000


def test_the_settings_can_be_read(tmp_path):
    (settings,) = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)
    (tmp_path / "emotionkit.toml").write_text(settings)
    assert load_project_settings(tmp_path / "emotionkit.toml").reports.language in FILES


def test_the_code_can_be_read(monkeypatch):
    monkeypatch.chdir(ROOT)
    explorer, agreement = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    names: dict[str, object] = {}
    exec(explorer.split("rows = ")[0], names)
    assert names["selection"].lessons == ("2026-09-28_physics-101_exam-review",)
    exec(agreement, names)
    assert names["kappas"]["kappa"].iloc[0] > 0.5

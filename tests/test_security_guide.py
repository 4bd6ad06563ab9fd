"""What docs/security.md points to is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GUIDE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


def test_every_test_that_is_named_is_there():
    named = re.findall(r"`(tests/[\w/.]+)`", GUIDE)
    assert len(named) > 10
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_every_link_leads_somewhere():
    assert [link for link in re.findall(r"\]\(([^)#:]+)\)", GUIDE) if not (ROOT / "docs" / link).exists()] == []


def test_it_is_said_how_to_report_a_weakness():
    assert "docs/security.md" in (ROOT / "SECURITY.md").read_text(encoding="utf-8")

"""docs/licences.md names every package that is locked and needed at run time, and its licence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import licences

ROOT = Path(__file__).resolve().parents[2]
LISTED = dict(re.findall(r"^\| ([\w-]+) \| (.*) \|$", (ROOT / "docs" / "licences.md").read_text(), re.MULTILINE))


def test_every_package_that_is_needed_is_listed_and_locked():
    needed = set(licences.needed("emotionkit", licences.EXTRAS)) - {"emotionkit"}
    assert len(needed) > 100
    assert needed <= set(LISTED)
    assert needed <= set(re.findall(r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE))


def test_licences_are_as_the_installed_packages_say():
    packages = licences.needed("emotionkit", licences.EXTRAS)
    assert {name: licences.licence(packages[name]) for name in packages if name != "emotionkit"} == {
        name: LISTED[name] for name in packages if name != "emotionkit"
    }
    assert [name for name, licence in LISTED.items() if licence == "unknown"] == ["namex"]


@pytest.mark.parametrize(
    ("metadata", "licence"),
    [
        ("License-Expression: MIT", "MIT"),
        ("License: BSD", "BSD"),
        ("License: BSD\nClassifier: License :: OSI Approved :: BSD License", "BSD License"),
        ("License: Copyright\n  All rights reserved", "unknown"),
        ("", "unknown"),
    ],
)
def test_a_licence_in_one_line(tmp_path, metadata, licence):
    (tmp_path / "METADATA").write_text(f"Metadata-Version: 2.4\nName: a\nVersion: 1\n{metadata}\n")
    assert licences.licence(licences.Distribution.at(tmp_path)) == licence

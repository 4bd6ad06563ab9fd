"""``environment.yml`` gives users of conda what ``pyproject.toml`` gives users of pip."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]

CONDA_FORGE_NAMES = {
    "dlib-bin": "dlib",
    "duckdb": "python-duckdb",
    "face-recognition-models": "face_recognition_models",
    "opencv-python-headless": "py-opencv",
}
"""Packages that conda-forge calls otherwise than PyPI."""

BUILD_TOOLS = {"editables", "hatchling"}
"""What installs the package itself without reaching out to PyPI."""

Bounds = dict[str, frozenset[str]]


def parsed(requirements: list[str]) -> Bounds:
    """Return the clauses of each requirement by package name, whatever their order and spacing."""
    bounds: Bounds = {}
    for requirement in requirements:
        name, clauses = re.fullmatch(r"([A-Za-z0-9._-]+)\s*(.*)", requirement).groups()  # type: ignore[union-attr]
        assert name not in bounds, f"{name} is listed twice"
        bounds[name] = frozenset(clause.strip() for clause in clauses.split(",") if clause.strip())
    return bounds


@pytest.fixture(scope="module")
def project() -> dict[str, object]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


@pytest.fixture(scope="module")
def environment() -> dict[str, object]:
    return yaml.safe_load((ROOT / "environment.yml").read_text())


@pytest.fixture(scope="module")
def conda(environment: dict[str, list[str]]) -> Bounds:
    return parsed(environment["dependencies"])


def test_the_same_packages_within_the_same_bounds(project: dict[str, list[str]], conda: Bounds) -> None:
    wanted = {CONDA_FORGE_NAMES.get(name, name): clauses for name, clauses in parsed(project["dependencies"]).items()}
    given = {name: clauses for name, clauses in conda.items() if name not in BUILD_TOOLS | {"python", "pip"}}
    assert given == wanted


def test_the_same_python(project: dict[str, str], conda: Bounds) -> None:
    assert conda["python"] == parsed([f"python{project['requires-python']}"])["python"]


def test_the_tools_that_build_the_package(project: dict[str, dict[str, list[str]]], conda: Bounds) -> None:
    dev = parsed(project["optional-dependencies"]["dev"])
    assert {name: conda[name] for name in BUILD_TOOLS} == {name: dev[name] for name in BUILD_TOOLS}
    assert "pip" in conda


def test_only_conda_forge_and_nothing_from_pypi(environment: dict[str, list[object]]) -> None:
    assert environment["channels"] == ["conda-forge", "nodefaults"]
    assert all(isinstance(dependency, str) for dependency in environment["dependencies"])


def test_every_renamed_package_is_still_a_dependency(project: dict[str, list[str]]) -> None:
    assert CONDA_FORGE_NAMES.keys() <= parsed(project["dependencies"]).keys()


@pytest.mark.parametrize(
    ("requirement", "clauses"),
    [("av>=15,<19", {">=15", "<19"}), ("av <19, >=15", {">=15", "<19"}), ("pip", set())],
)
def test_requirements_are_read_whatever_their_spacing(requirement: str, clauses: set[str]) -> None:
    assert set(parsed([requirement]).values()) == {frozenset(clauses)}

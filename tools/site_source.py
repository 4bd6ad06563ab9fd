"""Gather what the site of the documentation is built from: docs/, the reference, and the files that pages link to.

The reference of commands is what ``--help`` says; that of Python is left to mkdocstrings, which reads the docstrings.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import click

import emotionkit.analysis
from emotionkit import errors
from emotionkit.cli.app import app

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
LINK = re.compile(r"(\]\()([^)#:]+)((?:#[^)]*)?\))")
PYTHON = {
    "emotionkit": ("open_warehouse", "EmotionClassifier"),
    "emotionkit.warehouse": ("Warehouse",),
    "emotionkit.widgets": ("Explorer", "Selection", "LivePanel"),
}
"""What the reference of Python shows beside the analysis, by module."""


def gather(into: Path) -> None:
    """Write the source of the site into a folder, which is made anew."""
    shutil.rmtree(into, ignore_errors=True)
    for path in sorted(DOCS.rglob("*")):
        if path.is_file() and path.parent != DOCS / "site":
            place(path, into)
    for name, text in generated().items():
        (into / name).parent.mkdir(parents=True, exist_ok=True)
        (into / name).write_text(text, "utf-8")


def place(path: Path, into: Path) -> Path:
    """Put a file of the repository where the site has it, and what it links to; return where that is."""
    where = into / (path.relative_to(DOCS) if path.is_relative_to(DOCS) else Path("files") / path.relative_to(ROOT))
    if where.exists():
        return where
    where.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, where)
    if path.suffix == ".md":
        where.write_text(LINK.sub(lambda link: relinked(link, path, where, into), path.read_text("utf-8")), "utf-8")
    return where


def relinked(link: re.Match[str], path: Path, where: Path, into: Path) -> str:
    """Return a link of a page as it has to be in the site; what lies outside of docs/ comes along."""
    target = (path.parent / link[2]).resolve()
    inside = target.is_relative_to(DOCS) and path.is_relative_to(DOCS)
    if inside or not target.is_file():
        return link[0]
    return f"{link[1]}{Path(os.path.relpath(place(target, into), where.parent)).as_posix()}{link[3]}"


def generated() -> dict[str, str]:
    """Return the pages that are made of the code, by name."""
    kinds = [value for value in vars(errors).values() if isinstance(value, type)]
    public = [kind.__name__ for kind in kinds if kind.__module__ == errors.__name__]
    analysis = tuple(emotionkit.analysis.__all__)
    python = "\n".join(directive(module, names) for module, names in PYTHON.items())
    return {
        "reference/commands.md": "# Commands\n\n" + "\n".join(helps(app, "emotionkit")),
        "reference/python.md": "# Python\n\n" + python,
        "reference/analysis.md": "# Analysis\n\n" + directive("emotionkit.analysis", analysis),
        "reference/errors.md": "# Errors\n\n" + directive("emotionkit.errors", tuple(public)),
        "decisions/index.md": "# Decisions and their measurements\n\n" + "\n".join(decisions()) + "\n",
    }


def helps(command: click.Command, name: str) -> Iterator[str]:
    """Yield what a command and those below it say when asked for help, a section each."""
    context = click.Context(command, info_name=name, **command.context_settings, terminal_width=80)
    yield f"## `{name}`\n\n```text\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for below in command.commands.values():
            yield from helps(below, f"{name} {below.name}")


def directive(module: str, names: tuple[str, ...]) -> str:
    """Return what has mkdocstrings show some names of a module."""
    members = "".join(f"        - {name}\n" for name in names)
    return f"::: {module}\n    options:\n      members:\n{members}"


def decisions() -> Iterator[str]:
    """Yield a line for each decision."""
    for path in sorted((DOCS / "decisions").glob("[0-9]*.md")):
        title = path.read_text("utf-8").splitlines()[0].removeprefix("# ")
        yield f"- [{title}]({path.name})"


def main() -> None:
    """Write the source."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=ROOT / "site" / "source", metavar="DIR")
    gather(parser.parse_args().into)


if __name__ == "__main__":
    main()

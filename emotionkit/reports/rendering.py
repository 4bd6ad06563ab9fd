"""Filling the templates: everything that goes in is escaped, and a name missing from a template is an error."""

from __future__ import annotations

import functools
from importlib import resources
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined


def rendered(template: str, **values: object) -> str:
    """Return a template of ``emotionkit/reports/templates`` filled with values, all of them escaped."""
    return _environment().get_template(template).render(**values)


def address(path: str) -> str:
    """Return a relative address of a file, whatever characters its name has.

    >>> address("it's {odd} $(x) [1] & 時間/index.html")
    './it%27s%20%7Bodd%7D%20%24%28x%29%20%5B1%5D%20%26%20%E6%99%82%E9%96%93/index.html'
    """
    return f"./{quote(path)}"


@functools.cache
def asset(name: str) -> str:
    """Return a style sheet or script that lies beside the templates."""
    return resources.files("emotionkit.reports").joinpath("templates", name).read_text("utf-8")


def stylesheet() -> str:
    """Return the CSS of the report's page."""
    return asset("report.css")


@functools.cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("emotionkit.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

"""Filling the templates: everything that goes in is escaped, and a name missing from a template is an error."""

from __future__ import annotations

import functools
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined


def rendered(template: str, **values: object) -> str:
    """Return a template of ``emotionkit/reports/templates`` filled with values, all of them escaped."""
    return _environment().get_template(template).render(**values)


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

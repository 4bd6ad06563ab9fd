"""Write docs/licences.md: under which licence each package comes that emotionkit needs, as its own metadata say.

``python tools/licences.py [FILE]``
"""

from __future__ import annotations

import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

EXTRAS = ("dask",)
HEAD = """# Licences

What `pip install emotionkit[dask]` brings along, by the metadata of each package; `make licences` writes this page.
`unknown`: the metadata name none. Packages that only another operating system needs are not listed. The wheels of `av`
and `opencv-python-headless` carry FFmpeg, which has licences of its own (LGPL, GPL); the model of 68 landmarks among
`face_recognition_models` may not be used commercially, is not used, and is deleted by `make setup`.

| package | licence |
| --- | --- |
"""


def needed(name: str, extras: tuple[str, ...] = ()) -> dict[str, Distribution]:
    """Return a package and all that it needs on this machine, by canonical name."""
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, tuple[str, ...]]] = set()
    waiting = [(canonicalize_name(name), extras)]
    while waiting:
        name, extras = key = waiting.pop()
        if key in seen:
            continue
        seen.add(key)
        found[name] = distribution(name)
        for text in found[name].requires or ():
            requirement = Requirement(text)
            marker = requirement.marker
            if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
                waiting.append((canonicalize_name(requirement.name), tuple(sorted(requirement.extras))))
    return found


def licence(package: Distribution) -> str:
    """Return the licence that a package's metadata name, in one line; ``unknown`` if they name none."""
    facts = package.metadata
    # Where importlib_metadata is loaded, it answers in the library's stead, and raises for what is not there.
    if "License-Expression" in facts:
        return facts["License-Expression"]
    classes = [one.split(" :: ")[-1] for one in facts.get_all("Classifier") or () if one.startswith("License :: ")]
    classes = [one for one in classes if one != "OSI Approved"]
    said = facts["License"].strip() if "License" in facts else ""
    # Some put the whole text there.
    return ", ".join(classes) or (said if said and "\n" not in said and len(said) < 80 else "") or "unknown"


def page() -> str:
    """Return the page."""
    packages = {name: package for name, package in needed("emotionkit", EXTRAS).items() if name != "emotionkit"}
    return HEAD + "".join(f"| {name} | {licence(package)} |\n" for name, package in sorted(packages.items()))


if __name__ == "__main__":
    try:
        (Path(sys.argv[1]) if sys.argv[1:] else Path("docs/licences.md")).write_text(page(), encoding="utf-8")
    except PackageNotFoundError as error:
        raise SystemExit(f"{error} Install emotionkit with its extra dask first.") from error

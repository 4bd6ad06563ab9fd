"""The shape of the code, read from its syntax: layers, cycles, docstrings, annotations, lengths."""

from __future__ import annotations

import ast
import graphlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "emotionkit"
TOOLS = ROOT / "tools"

LAYERS = (
    {"_version", "cache", "clocks", "durable", "errors", "records", "config", "name_pattern", "policy", "project"}
    | {"storage"},
    {"video"},
    {"faces"},
    {"emotions"},
    {"warehouse"},
    {"analysis"},
    {"reports"},
    {"batch"},
    {"live"},
    {"cli", "widgets"},
    {"__main__"},
)
"""From left to right; a part imports from itself and from layers to its left."""

LEVELS = {part: level for level, layer in enumerate(LAYERS) for part in layer}

MODEL_FREE = ("warehouse", "analysis")
"""Parts that a notebook opens: they must not cost a model, not even through what they import."""
MODEL = {"keras", "dlib", "openvino", "cv2"}
MODEL_MODULES = ("emotionkit.emotions.network", "emotionkit.emotions.classifier")

TOP_LEVEL = {
    # fixed by the design
    "notebooks",
    "emotionkit",
    "recordings",
    "warehouse",
    "reports",
    "tests",
    "environment.yml",
    "README.md",
    # expected by the ecosystem
    ".ci",
    ".gitattributes",
    ".gitignore",
    "CHANGELOG.md",
    "CITATION.cff",
    "CONTRIBUTING.md",
    "LICENSE",
    "SECURITY.md",
    "Makefile",
    "benchmarks",
    "docs",
    "pyproject.toml",
    "requirements.lock",
    "tools",
}

LONGEST_BODY = 40
LONGEST_MODULE = 300

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """A module and what it imports by full name, apart from what only a type checker sees."""

    name: str
    path: Path
    tree: ast.Module
    imports: frozenset[str] = field(repr=False)
    typing_imports: frozenset[str] = field(repr=False)

    @property
    def part(self) -> str:
        return self.name.split(".")[1] if "." in self.name else ""


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def modules() -> dict[str, Module]:
    """Every module of the package by name."""
    paths = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}
    found = {}
    for name, path in paths.items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        hidden = {id(node) for block in typing_blocks(tree) for node in ast.walk(block)}
        at_runtime = {
            target for node in ast.walk(tree) if id(node) not in hidden for target in targets(node, frozenset(paths))
        }
        in_all = {target for node in ast.walk(tree) for target in targets(node, frozenset(paths))}
        found[name] = Module(name, path, tree, frozenset(at_runtime), frozenset(in_all - at_runtime))
    return found


def typing_blocks(tree: ast.Module) -> Iterator[ast.If]:
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield node


def targets(node: ast.AST, known: frozenset[str]) -> Iterator[str]:
    """Yield the modules that an import statement names; a module of the package wins over a name in its parent."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, "imports are absolute"
        assert node.module is not None
        for alias in node.names:
            full = f"{node.module}.{alias.name}"
            yield full if full in known else node.module


def ours(name: str) -> bool:
    return name.split(".", maxsplit=1)[0] == "emotionkit"


def reachable(start: str) -> set[str]:
    """Return everything that importing a module can import, parent packages included."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        parents = (name.rsplit(".", depth)[0] for depth in range(1, name.count(".") + 1)) if ours(name) else ()
        waiting += [*parents, *(modules()[name].imports if name in modules() else ())]
    return seen


def functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def public_definitions(tree: ast.Module | ast.ClassDef, prefix: str = "") -> Iterator[tuple[str, ast.AST]]:
    """Yield public classes, functions and methods with their names."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef | Function) and not node.name.startswith("_"):
            overload = any(
                ast.unparse(decorator).endswith(("overload", ".setter")) for decorator in node.decorator_list
            )
            if not overload:
                yield prefix + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from public_definitions(node, f"{prefix}{node.name}.")


def body_length(function: Function) -> int:
    """Return the lines of a function from its first statement after the docstring."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def unannotated(function: Function) -> list[str]:
    """Return the parameters without annotation, and ``return`` where that has none."""
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    missing = [
        one.arg for one in every if one is not None and one.annotation is None and one.arg not in {"self", "cls"}
    ]
    return missing if function.returns is not None or function.name == "__init__" else [*missing, "return"]


@cache
def sources() -> dict[str, ast.Module]:
    """The syntax of every file that the rules hold for, by its path."""
    paths = [*sorted(PACKAGE.rglob("*.py")), *sorted(TOOLS.rglob("*.py"))]
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


class TestLayers:
    def test_every_part_has_its_layer(self) -> None:
        assert {module.part for module in modules().values() if module.part} <= LEVELS.keys()

    def test_imports_go_to_the_left(self) -> None:
        wrong = {}
        for name, module in modules().items():
            # The public face names what it loads on first use; before that it is of the lowest layer.
            names = module.imports if name == "emotionkit" else module.imports | module.typing_imports
            level = max(1, LEVELS.get(module.part, 0))
            parts = {target.split(".")[1] for target in names if ours(target) and "." in target} - {module.part}
            if not_left := {part for part in parts if LEVELS[part] >= level}:
                wrong[name] = not_left
        assert not wrong

    def test_nothing_inside_imports_the_public_face(self) -> None:
        every = {name: module.imports | module.typing_imports for name, module in modules().items()}
        assert not [name for name, names in every.items() if "emotionkit" in names]

    def test_there_are_no_cycles(self) -> None:
        graph = {name: module.imports & modules().keys() for name, module in modules().items()}
        graphlib.TopologicalSorter(graph).prepare()

    @pytest.mark.parametrize("part", MODEL_FREE)
    def test_opening_a_notebook_costs_no_model(self, part: str) -> None:
        for name in (name for name, module in modules().items() if module.part == part):
            everything = reachable(name)
            assert not MODEL & {target.split(".")[0] for target in everything}, name
            assert not everything & set(MODEL_MODULES), name

    def test_importing_it_all_loads_no_model(self) -> None:
        names = sorted(name for name, module in modules().items() if module.part in MODEL_FREE)
        program = f"import sys, {', '.join(names)}; print(*sorted(sys.modules))"
        loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
        assert not {*MODEL, *MODEL_MODULES} & set(loaded.split())


class TestSources:
    def test_say_what_they_are_for(self) -> None:
        undocumented = [path for path, tree in sources().items() if ast.get_docstring(tree) is None]
        for path, tree in sources().items():
            definitions = public_definitions(tree)
            undocumented += [f"{path}: {name}" for name, node in definitions if ast.get_docstring(node) is None]
        assert not undocumented

    def test_are_fully_annotated(self) -> None:
        places = ((path, function) for path, tree in sources().items() for function in functions(tree))
        missing = {f"{path}: {function.name}": unannotated(function) for path, function in places}
        assert not {place: names for place, names in missing.items() if names}

    def test_have_short_functions(self) -> None:
        places = ((path, function) for path, tree in sources().items() for function in functions(tree))
        lengths = {f"{path}: {function.name}": body_length(function) for path, function in places}
        assert not {place: length for place, length in lengths.items() if length > LONGEST_BODY}

    def test_are_short(self) -> None:
        lengths = {path: len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in sources()}
        assert not {path: length for path, length in lengths.items() if length > LONGEST_MODULE}

    def test_of_the_package_print_nothing(self) -> None:
        names = ((module, node) for module in modules().values() for node in ast.walk(module.tree))
        assert not [module.name for module, node in names if isinstance(node, ast.Name) and node.id == "print"]


def test_the_top_level_holds_what_the_design_allows() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("this is no git checkout, so built files cannot be told from sources")
    assert {path.split("/")[0] for path in listed.stdout.splitlines()} <= TOP_LEVEL


class TestTheseRules:
    """The rules find what they are for."""

    def test_count_a_body_without_its_docstring(self) -> None:
        (function,) = functions(ast.parse('def f(a):\n    """Say.\n\n    More.\n    """\n    b = a\n\n    return b\n'))
        assert body_length(function) == 3

    @pytest.mark.parametrize(
        ("code", "missing"),
        [
            ("def f(a: int, *b: int, c: int = 1, **d: int) -> None: ...", []),
            ("def f(a, *b, c=1, **d): ...", ["a", "c", "b", "d", "return"]),
            ("class A:\n    def __init__(self, a: int): ...", []),
            ("class A:\n    def f(self): ...", ["return"]),
            ("async def f(a) -> None: ...", ["a"]),
        ],
    )
    def test_see_what_lacks_an_annotation(self, code: str, missing: list[str]) -> None:
        (function,) = functions(ast.parse(code))
        assert unannotated(function) == missing

    def test_leave_private_names_undocumented(self) -> None:
        tree = ast.parse("class A:\n    def b(self): ...\n    def _c(self): ...\n\nclass _D:\n    def e(self): ...\n")
        assert [name for name, _ in public_definitions(tree)] == ["A", "A.b"]

    def test_tell_a_module_from_a_name_in_one(self) -> None:
        known = frozenset({"emotionkit.faces", "emotionkit.faces.tracker"})
        (node,) = ast.parse("from emotionkit.faces import FaceReader, tracker").body
        assert set(targets(node, known)) == {"emotionkit.faces", "emotionkit.faces.tracker"}

    def test_follow_imports_through_parent_packages(self) -> None:
        assert {"emotionkit", "emotionkit.errors"} <= reachable("emotionkit.config")

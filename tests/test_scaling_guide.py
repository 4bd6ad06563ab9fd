"""What ``docs/scaling.md`` and the manifests beside it tell is there: commands, options, settings."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
GUIDE = (ROOT / "docs" / "scaling.md").read_text()
MANIFESTS = ROOT / "docs" / "cluster" / "kubernetes.yaml"
COMMANDS = re.findall(r"^\$ (.*)$", GUIDE, re.MULTILINE)

pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def manifests() -> list[dict]:
    return list(yaml.safe_load_all(MANIFESTS.read_text()))


def containers(manifests):
    for one in manifests:
        spec = one.get("spec", {})
        spec = spec.get("jobTemplate", {}).get("spec", spec)
        yield from spec.get("template", {}).get("spec", {}).get("containers", [])


def options_of(command):
    """Return the options that a command of Dask, or of emotionkit, has."""
    program = ["-m", "emotionkit"] if command[0] == "emotionkit" else ["-m", command[0]]
    told = subprocess.run([sys.executable, *program, command[1], "--help"], capture_output=True, text=True, check=True)
    return set(re.findall(r"--[\w-]+", told.stdout))


def test_the_first_command_works_as_shown(tmp_path):
    (tmp_path / "recordings").symlink_to(ROOT / "recordings")
    (command,) = [command for command in COMMANDS if command.endswith("--dask local:2")]
    program, *arguments = command.split()
    assert program == "emotionkit"
    command = [sys.executable, "-m", program, *arguments]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "of class" in done.stdout


def test_every_option_that_is_shown_exists(manifests):
    shown = [command.split() for command in COMMANDS] + [container["command"] for container in containers(manifests)]
    ours = [command for command in shown if command[0] in {"dask", "emotionkit"}]
    assert len(ours) >= 6
    for command in ours:
        given = {word for word in command if word.startswith("--")}
        assert given <= options_of(command), command


def test_the_certificates_are_where_the_manifests_mount_them(manifests):
    settings = next(one for one in manifests if one["kind"] == "ConfigMap")["data"]
    files = {value for name, value in settings.items() if "TLS" in name}
    assert {Path(file).name for file in files} == {"authority.pem", "member.pem", "member.key"}
    for container in containers(manifests):
        assert "/tls" in [mount["mountPath"] for mount in container["volumeMounts"]]


def test_the_manifests_fit_the_schemas_of_kubernetes(manifests):
    validate = pytest.importorskip("kubernetes_validate", reason="pip install kubernetes-validate (108 MB)")
    for manifest in manifests:
        validate.validate(manifest, "1.30", strict=True)

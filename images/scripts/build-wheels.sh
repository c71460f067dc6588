#!/bin/sh
# Build packages of the repository as wheels, and refuse two that have one path: one would
# take the other's place. What takes them follows.
set -eu
unset UV_NO_CACHE
export UV_CACHE_DIR=$packed/cache
mkdir -p /tmp/wheels
# setuptools-scm makes data of a package what git tracks. There is no .git here, and nothing
# in the source that is not to be packed: all of it counts, before MANIFEST.in says what does not.
tracked() {
  grep -Eqs 'setuptools[-_.]scm' "$1/pyproject.toml" "$1/setup.py" "$1/setup.cfg" || return 0
  manifest=$(echo 'graft .'; cat "$1/MANIFEST.in" 2>/dev/null || :)
  printf '%s\n' "$manifest" >"$1/MANIFEST.in"
}
for dir in "$@"; do
  tracked "$dir"
  uv build --quiet --wheel --out-dir /tmp/wheels "$dir"
done
[ $# -eq 0 ] || $virtualenv/bin/python -c '
import sys, zipfile
seen = {}
for wheel in sys.argv[1:]:
    archive = zipfile.ZipFile(wheel)
    for entry in archive.infolist():
        name = wheel.split("/")[-1].split("-")[0]
        if entry.file_size < 1024 and archive.read(entry).startswith(b"version https://git-lfs.github.com/spec/"):
            sys.exit("pipeline: %s of %s is a pointer of Git LFS" % (entry.filename, name))
        other, content = seen.setdefault(entry.filename, (name, entry.CRC))
        if content != entry.CRC:
            sys.exit("pipeline: %s and %s both have %s" % (other, name, entry.filename))
' /tmp/wheels/*.whl

#!/bin/sh
# Install from requirements files. pip checks hashes where a file has one: then it
# wants one for every package. With --each, one file is installed after the other.
set -eu
export GIT_TERMINAL_PROMPT=0
install() { "$virtualenv/bin/pip" install --quiet --no-cache-dir --disable-pip-version-check "$@"; }
[ "${1-}" = --each ] || { install "$@"; exit; }
shift
for file; do install "$file"; done

#!/bin/sh
# Install from requirements files. pip checks hashes where a file has one: then it
# wants one for every package.
set -eu
export GIT_TERMINAL_PROMPT=0
exec "$virtualenv/bin/pip" install --quiet --no-cache-dir --disable-pip-version-check "$@"

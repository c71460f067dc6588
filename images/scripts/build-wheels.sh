#!/bin/sh
# Build packages of the repository as wheels. What takes them follows.
set -eu
unset UV_NO_CACHE
export UV_CACHE_DIR=$packed/cache
mkdir -p /tmp/wheels
for dir in "$@"; do uv build --quiet --wheel --out-dir /tmp/wheels "$dir"; done

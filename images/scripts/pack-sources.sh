#!/bin/sh
# Build packages of the repository and add them.
set -eu
unset UV_COMPILE_BYTECODE UV_NO_CACHE
export UV_CACHE_DIR=$packed/cache
for dir in "$@"; do uv build --quiet --wheel --out-dir /tmp/wheels "$dir"; done
# shellcheck disable=SC2086 # flags
uv pip install --quiet $PACKED_FOR --no-deps --target $packed/project /tmp/wheels/*.whl

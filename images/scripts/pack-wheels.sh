#!/bin/sh
# Add packages of the repository to the Lambda package.
set -eu
unset UV_COMPILE_BYTECODE
# shellcheck disable=SC2086 # flags
uv pip install --quiet $PACKED_FOR --no-deps --target $packed/project /tmp/wheels/*.whl

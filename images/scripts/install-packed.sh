#!/bin/sh
# Take wheels alone: nothing is built for another machine. What to install follows.
set -eu
export UV_INDEX_STRATEGY=unsafe-best-match # all indexes, as pip and Poetry look; what is locked has its hash
mkdir -p $packed/dependencies
unset UV_COMPILE_BYTECODE
# shellcheck disable=SC2317,SC2086 # called by the script that follows; flags
install() { uv pip install --quiet $PACKED_FOR --only-binary :all: --target $packed/dependencies "$@"; }

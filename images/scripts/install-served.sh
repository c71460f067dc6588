#!/bin/sh
# Install into the service's environment. What to install follows.
set -eu
export UV_INDEX_STRATEGY=unsafe-best-match # all indexes, as pip and Poetry look; what is locked has its hash
# shellcheck disable=SC2317,SC2086 # called by the script that follows; flags
install() { uv pip install --quiet $SERVED_FOR --python $service/bin/python "$@"; }

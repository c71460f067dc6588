#!/bin/sh
# Add to the environment of the package manager.
set -eu
[ -x $tools/bin/pip ] || python3 -m venv $tools
$tools/bin/pip install --quiet --no-cache-dir --disable-pip-version-check --only-binary :all: "$@"
ln -sf $tools/bin/uv /usr/local/bin/uv

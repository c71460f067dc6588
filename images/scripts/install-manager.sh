#!/bin/sh
# Install package managers in an environment of their own.
set -eu
python3 -m venv $tools
$tools/bin/pip install --quiet --no-cache-dir --disable-pip-version-check --only-binary :all: "$@"
for command in poetry uv pipenv; do
  [ ! -x $tools/bin/$command ] || ln -sf $tools/bin/$command /usr/local/bin/$command
done

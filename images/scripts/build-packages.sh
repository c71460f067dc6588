#!/bin/sh
# Install packages with their own build backends, from the source.
set -eu
for dir in "$@"; do
  $virtualenv/bin/python -m pip install --quiet --no-cache-dir --disable-pip-version-check --no-deps --editable "$dir"
done

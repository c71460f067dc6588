#!/bin/sh
# Install what uv exports.
set -eu
uv export --quiet --no-default-groups --no-emit-project --no-emit-workspace --format=pylock.toml --output-file=pylock.packed.toml "$@"
install --no-deps --preview-features pylock --requirements pylock.packed.toml
rm pylock.packed.toml

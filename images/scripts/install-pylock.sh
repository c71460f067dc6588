#!/bin/sh
# Install what pylock.toml and the files beside it lock.
set -eu
for file; do uv pip install --preview-features pylock --requirements "$file"; done

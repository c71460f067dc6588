#!/bin/sh
# Install what pylock.toml locks.
set -eu
install --no-deps --preview-features pylock --requirements pylock.toml

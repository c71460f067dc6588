#!/bin/sh
# Install what uv exports. One before 0.8.4 does not install a pylock.toml: requirements
# have the same, with the hashes.
set -eu
format=pylock.toml file=pylock.packed.toml flags='--preview-features pylock'
uv --preview-features pylock --version >/dev/null 2>&1 || { format=requirements-txt file=packed.txt flags=''; }
uv export --quiet --no-default-groups --no-emit-project --no-emit-workspace --format=$format --output-file=$file "$@"
# shellcheck disable=SC2086 # flags
install --no-deps $flags --requirements $file
rm $file

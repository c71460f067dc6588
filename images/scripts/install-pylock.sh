#!/bin/sh
# Install what pylock.toml and the files beside it lock: of each, the groups before its name.
set -eu
groups=''
for argument; do
  case $argument in
    --group=*) groups="$groups $argument" ;;
    *)
      # shellcheck disable=SC2086 # flags
      uv pip install --preview-features pylock $groups --requirements "$argument"
      groups=''
      ;;
  esac
done

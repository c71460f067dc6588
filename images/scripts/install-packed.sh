#!/bin/sh
# Take wheels for the function's machine. A package that has none for any, as old ones in
# Python alone, is built, and what that gives has to be for every machine. What to install follows.
set -eu
export UV_INDEX_STRATEGY=unsafe-best-match # all indexes, as pip and Poetry look; what is locked has its hash
mkdir -p $packed/dependencies
unset UV_COMPILE_BYTECODE
# shellcheck disable=SC2086 # flags
wheels() { printf '%s\n' "$listed" | uv pip install --quiet $PACKED_FOR --only-binary :all: $built --target $packed/dependencies "$@"; }
# shellcheck disable=SC2317 # called by the script that follows
install() {
  listed='' built='' missing=''
  for last; do :; done
  [ "$last" != - ] || listed=$(cat)
  until said=$(wheels "$@" 2>&1); do
    name=$(printf '%s\n' "$said" | sed -n 's/.*Wheels are required for `\([^`]*\)`.*/\1/p; s/.*Package `\([^`]*\)` can.t be installed because it is marked as `--no-build`.*/\1/p' | head -n 1)
    case "$built " in *" --no-binary=$name "*) name='' ;; esac
    [ -n "$name" ] || { printf '%s\n' "$missing" "$said" >&2; exit 1; }
    missing=$said built="$built --no-binary=$name"
  done
  for flag in $built; do
    name=$(printf %s "${flag#*=}" | tr ._- '???')
    tags=$(find $packed/dependencies -maxdepth 1 -iname "$name-*.dist-info" -exec grep -h '^Tag:' {}/WHEEL \;)
    if printf '%s\n' "$tags" | grep -qv '^Tag: py[23]-none-any$'; then
      echo "Wheels are required for \`${flag#*=}\`: what is built of its source is for this machine alone" >&2
      exit 1
    fi
  done
}

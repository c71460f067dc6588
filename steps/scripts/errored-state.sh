#!/bin/sh
# Copy the state that a run could not write, where there is one, and forget it
# with `drop`.
#
#   errored-state.sh FROM TO [drop]
set -eu
[ -f "$1" ] || exit 0
cp "$1" "$2"
[ "${3:-}" != drop ] || rm "$1"

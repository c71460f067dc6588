#!/bin/sh
# Run uv in the environment of uv-environment.sh.
set -eu
uv "$@"

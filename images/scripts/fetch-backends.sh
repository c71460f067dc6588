#!/bin/sh
# Keep what build backends need, so that they are not fetched for each edit of the
# source.
set -eu
[ $# -gt 0 ] || exit 0
unset UV_NO_CACHE
UV_CACHE_DIR=$packed/cache uv pip install --quiet --target /tmp/backends "$@"
rm -rf /tmp/backends

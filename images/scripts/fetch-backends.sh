#!/bin/sh
# Keep what build backends need, so that they are not fetched for each edit of the
# source: what each package names, as two may need different versions of one backend.
set -eu
unset UV_NO_CACHE
for backend; do
	printf '%s\n' "$backend" >/tmp/backend.txt
	UV_CACHE_DIR=$packed/cache uv pip install --quiet --target /tmp/backend --requirements /tmp/backend.txt
	rm -rf /tmp/backend /tmp/backend.txt
done

#!/bin/sh
# Hand over what poetry exports without a file: it may hold logins.
set -eu
: "${POETRY_PYPI_MIRROR_URL:=${UV_DEFAULT_INDEX:-}}"
export POETRY_PYPI_MIRROR_URL
locked=$(poetry --no-interaction --no-ansi export --format=requirements.txt --with-credentials "$@")
locked=$(printf '%s\n' "$locked" | while IFS= read -r line; do
  case $line in
    *file://*.whl* | *file://*.tar.gz* | *file://*.zip*) ;;
    *file://*) continue ;; # a package of the repository: it is packed with the source
  esac
  printf '%s\n' "$line"
done)
[ -z "$locked" ] || printf '%s\n' "$locked" | install --no-deps --requirements -

#!/bin/sh
# Install what poetry has locked. It takes packages from the index that pip is
# configured for in the image: one configuration serves both, and an index
# without PyPI's own JSON interface is enough. Repositories are cloned by git, whose
# logins are those of netrc and ssh; Poetry's own client knows neither. Packages are compiled to bytecode
# here, once: what runs on the container writes none. Packages of the repository
# are not installed here: see images/installed.go.
set -eu
pip="$tools/bin/python -m pip"
: "${POETRY_PYPI_MIRROR_URL:=${PIP_INDEX_URL:-$($pip config get global.index-url 2>/dev/null || true)}}"
: "${POETRY_PYPI_MIRROR_URL:=$($tools/bin/python -c 'from pip._internal.models.index import PyPI; print(PyPI.simple_url)' 2>/dev/null || true)}"
export POETRY_PYPI_MIRROR_URL POETRY_CACHE_DIR=/tmp/pypoetry
export GIT_TERMINAL_PROMPT=0 POETRY_SYSTEM_GIT_CLIENT=true POETRY_EXPERIMENTAL_SYSTEM_GIT_CLIENT=true
poetry --no-interaction --no-ansi install --no-root --no-directory --compile "$@"
rm -rf "$POETRY_CACHE_DIR"

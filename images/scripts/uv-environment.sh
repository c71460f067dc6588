#!/bin/sh
# Make uv use the image's python and the index that pip is configured for, and
# keep nothing. Another script follows.
set -eu
export GIT_TERMINAL_PROMPT=0 UV_PROJECT_ENVIRONMENT=$virtualenv UV_PYTHON=$virtualenv/bin/python UV_PYTHON_DOWNLOADS=never UV_NO_CACHE=1 UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_NO_PROGRESS=1
index=${PIP_INDEX_URL:-$($tools/bin/python -m pip config get global.index-url 2>/dev/null || true)}
[ -z "$index" ] || export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-$index}"
[ -z "${SSL_CERT_FILE:-}" ] || export UV_SYSTEM_CERTS=1 UV_NATIVE_TLS=1

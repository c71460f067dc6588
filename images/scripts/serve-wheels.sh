#!/bin/sh
# Lay packages of the repository out as they are in the service's environment, to be
# copied over it. What tells of this installation alone would make other bytes of it
# each time.
set -eu
mkdir -p $packed/service
[ $# -gt 0 ] || exit 0
unset UV_COMPILE_BYTECODE
# shellcheck disable=SC2086 # flags
uv pip install --quiet $SERVED_FOR --no-deps --python $service/bin/python --prefix $packed/service /tmp/wheels/*.whl
find $packed/service -path '*.dist-info/*' \( -name uv_cache.json -o -name direct_url.json \) -delete
find $packed/service -path '*.dist-info/RECORD' -exec sed -i '/dist-info\/\(uv_cache\|direct_url\)\.json,/d' {} +
# What cannot be compiled is compiled in vain when it is imported, too.
$service/bin/python -m compileall -q --invalidation-mode checked-hash -s $packed/service -p $service $packed/service/lib || :

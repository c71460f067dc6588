#!/bin/sh
# Find the packages that provide the commands missing in the image, for
# install-packages.sh, which follows. The arguments are
# COMMAND=DEBIAN_PACKAGE=ALPINE_PACKAGE.
set -eu
deb='' apk=''
for tool in "$@"; do
  command=${tool%%=*} names=${tool#*=}
  command -v "$command" >/dev/null 2>&1 && continue
  deb="$deb ${names%%=*}" apk="$apk ${names#*=}"
done
[ -n "$deb" ] || exit 0
if command -v apk >/dev/null 2>&1; then set -- $apk; else set -- $deb; fi

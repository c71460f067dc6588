#!/bin/sh
# Install from requirements files. pip checks hashes where a file has one: then it
# wants one for every package. With --each, one file is installed after the other, those
# with hashes first: what is installed already the next one does not change. With
# --no-deps behind it the files have all that is to be installed, as lock files do.
set -eu
export GIT_TERMINAL_PROMPT=0
pip=$virtualenv/bin/pip
install() { "$pip" install --quiet --no-cache-dir --disable-pip-version-check "$@"; }
[ "${1-}" = --each ] || { install "$@"; exit; }
shift
complete=''
[ "${1-}" != --no-deps ] || { complete=$1 && shift; }
fixed=$(mktemp)
each() {
  wanted=$1
  shift
  for file; do
    has=no
    ! grep -qe --hash= "${file#*=}" || has=yes
    [ $has = "$wanted" ] || continue
    install $complete --constraint "$fixed" "$file"
    all=$("$pip" freeze --disable-pip-version-check)
    printf '%s\n' "$all" | grep -E '^[A-Za-z0-9._-]+==' >"$fixed" || :
  done
}
each yes "$@"
each no "$@"
rm -f "$fixed"

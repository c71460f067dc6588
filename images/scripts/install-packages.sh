#!/bin/sh
# Install packages by name, with the package manager that the image has.
set -eu
if command -v apk >/dev/null 2>&1; then
  exec apk add --no-cache "$@"
elif command -v apt-get >/dev/null 2>&1; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "$@"
  rm -rf /var/lib/apt/lists/* /var/cache/apt/*
elif command -v dnf >/dev/null 2>&1 || command -v microdnf >/dev/null 2>&1; then
  # In small images, as those of AWS for Lambda, dnf is microdnf, which has no option -q.
  dnf=$(command -v dnf || command -v microdnf)
  "$dnf" install -y --setopt=install_weak_deps=0 "$@"
  "$dnf" clean all
else
  echo "the image has neither apk nor apt-get nor dnf to install: $*: use an Alpine, Debian or Fedora image, or one that has them" >&2
  exit 1
fi

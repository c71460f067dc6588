#!/bin/sh
# Download a release and verify it, unless the image brings terraform or OpenTofu
# (which is then called by terraform's name too, so that a project's scripts work
# with either).
#
#   install-terraform.sh PROGRAM VERSION SHA256_AMD64 SHA256_ARM64 FROM
#
# The published list of checksums counts where they are empty. FROM is where the
# version is named, empty where it is not.
set -eu
program=$1 version=$2 from=$5
# kept uses the image's own, where that is the one that is asked for.
kept() {
  has=$(terraform version | sed -n '1s/^\([A-Za-z]*\) v\([0-9][0-9A-Za-z.-]*\).*/\1 \2/p')
  if [ -n "$from" ] && [ "$has" != "$program $version" ]; then
    echo "the image has $has, and $from names $program $version: name the same, or an image without it" >&2
    exit 1
  fi
  exec terraform version
}
! command -v terraform >/dev/null 2>&1 || kept
if command -v tofu >/dev/null 2>&1; then
  ln -s "$(command -v tofu)" /usr/local/bin/terraform
  kept
fi
case $(uname -m) in x86_64) arch=amd64 sum=$3;; aarch64) arch=arm64 sum=$4;; *) echo "no terraform release for $(uname -m)" >&2; exit 1;; esac
dir=$(mktemp -d)
cd "$dir"
case $program in
  OpenTofu) binary=tofu base=${TERRAFORM_RELEASES:-https://github.com/opentofu/opentofu/releases/download}/v$version ;;
  *) binary=terraform base=${TERRAFORM_RELEASES:-https://releases.hashicorp.com/terraform}/$version ;;
esac
name=${binary}_${version}_linux_${arch}.zip
curl --fail --silent --show-error --location --retry 3 -o "$name" "$base/$name"
if [ -z "$sum" ]; then
  curl --fail --silent --show-error --location --retry 3 "$base/${binary}_${version}_SHA256SUMS" | grep " $name\$" > sums
else
  echo "$sum  $name" > sums
fi
sha256sum -c sums >/dev/null || { echo "$binary $version: the archive's checksum is wrong" >&2; exit 1; }
unzip -q "$name" "$binary" -d /usr/local/bin
[ "$binary" = terraform ] || ln -s "$binary" /usr/local/bin/terraform
cd /
rm -rf "$dir"
exec terraform version

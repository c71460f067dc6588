#!/bin/sh
# Initialise the providers of a root module and keep them in the layout of a filesystem
# mirror, as files of the image (init may have made links into a mirror that is mounted
# only now). The lock file that init makes is kept as LOCK. Where there was one, that is
# kept with the checksums that it lacks of these packages: Terraform takes an unpacked
# package by its h1 alone, and a lock file from another system has none for it.
#
#   fetch-providers LOCK
set -eu
lock=$1
given=
[ ! -f .terraform.lock.hcl ] || { given=$(mktemp) && cp .terraform.lock.hcl "$given"; }
terraform init -backend=false -input=false
mkdir -p $terraform/providers
[ ! -d .terraform/providers ] || cp -RL .terraform/providers/. $terraform/providers/
rm -rf .terraform
[ -f .terraform.lock.hcl ] || exit 0
mkdir -p "${lock%/*}"
if [ -z "$given" ]; then
  [ -e "$lock" ] || cp .terraform.lock.hcl "$lock"
  exit
fi
# Nothing but lines of h1 is taken over.
awk '
  /^provider / { provider = $2 }
  FNR == NR { if (/"h1:/) sums[provider] = sums[provider] $0 "\n"; next }
  /"h1:/ { next }
  { print }
  /^ *hashes *= *\[$/ { printf "%s", sums[provider] }
' .terraform.lock.hcl "$given" > "$lock"
! cmp -s "$given" "$lock" || rm "$lock"
rm -f "$given"

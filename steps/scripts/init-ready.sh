#!/bin/sh
# Initialise a root module without its backend, from the providers in a directory.
# A state may need one that the configuration has no more use for: all are linked,
# and the lock file decides which of them terraform takes.
#
#   init-ready.sh PROVIDERS
set -eu
providers=$1
terraform init -no-color -input=false -backend=false -lockfile=readonly
mkdir -p .terraform/providers # a root module may need none
[ -d "$providers" ] || exit 0
find "$providers" -mindepth 5 -maxdepth 5 | while IFS= read -r package; do
  link=.terraform/providers${package#"$providers"}
  [ -L "$link" ] || [ -e "$link" ] || { mkdir -p "${link%/*}" && ln -s "$package" "$link"; }
done

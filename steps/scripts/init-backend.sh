#!/bin/sh
# Initialise the backend of a root module in which all else is ready: its
# providers and modules. The arguments are those of terraform init; backend.tf,
# beside this script, is the backend.
#
# In the root module, init would hash each provider two or three times, hundreds of
# megabytes, before a plan that hashes it again. So it runs where there is nothing
# but the backend, and what it notes of that is taken over. There it has a key
# without a state: it would install the providers of one. Where that does not
# work, init runs as ever, and says what is wrong.
set -eu
root=$PWD
key=
for argument; do
  case $argument in -backend-config=key=*) key=${argument#-backend-config=key=} ;; esac
done
alone=$(mktemp -d)
if [ -n "$key" ] && cp "$(dirname "$0")/backend.tf" "$alone" && cd "$alone" &&
  terraform init "$@" "-backend-config=key=$key.none" >/dev/null 2>&1 &&
  jq -e --arg key "$key" '.backend.config.key |= if . == $key + ".none" then $key else error("another form") end' \
    .terraform/terraform.tfstate >noted.json 2>/dev/null &&
  mv noted.json "$root/.terraform/terraform.tfstate"; then
  rm -rf "$alone"
  echo "Initialised the backend."
  exit
fi
cd "$root"
rm -rf "$alone"
exec terraform init "$@"

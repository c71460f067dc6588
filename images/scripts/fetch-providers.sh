#!/bin/sh
# Initialise the locked providers and keep them in the layout of a filesystem
# mirror, as files of the image (init may have made links into a mirror that is
# mounted only now). The arguments go to terraform init.
set -eu
terraform init -backend=false -input=false "$@"
mkdir -p $terraform/providers
[ ! -d .terraform/providers ] || cp -RL .terraform/providers/. $terraform/providers/
rm -rf .terraform

#!/bin/sh
# Print the outputs as a JSON object of names and values. Sensitive ones are
# dropped here, inside the container.
set -eu
all=$(terraform output -no-color -json)
printf %s "$all" | jq --compact-output --sort-keys 'with_entries(select(.value.sensitive | not) | .value |= .value)'

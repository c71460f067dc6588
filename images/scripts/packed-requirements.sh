#!/bin/sh
# Install what requirements files name: where they leave a choice, the versions that the tests run with.
set -eu
all=$(uv pip freeze --quiet --python $virtualenv/bin/python) # in a pipe, its failure would leave every choice open
tested=$(mktemp)
printf '%s\n' "$all" | grep -E '^[A-Za-z0-9._-]+==' >"$tested" || :
for file; do
  if grep -qe --hash= "$file"; then
    install --requirements "$file"
  else
    install --constraint "$tested" --requirements "$file"
  fi
done
rm -f "$tested"

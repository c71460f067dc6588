#!/bin/sh
# Install what requirements files name.
set -eu
for file; do install --requirements "$file"; done

#!/bin/sh
# Install what requirements.txt names.
set -eu
install --requirements requirements.txt

#!/bin/sh
# Check that Pipfile.lock fits the Pipfile, before anything is installed.
set -eu
PIPENV_VERBOSITY=-1 pipenv verify >&2

#!/bin/sh
# Check that Pipfile.lock fits the Pipfile, before anything is installed.
set -eu
PIPENV_VIRTUALENV_COPIES='' PIPENV_YES=1 pipenv verify >&2

#!/bin/sh
# Run a script of the project, which need not be executable in its repository.
#
#   own-script.sh PATH
set -eu
chmod +x "$1"
exec "./$1"

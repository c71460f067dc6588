#!/bin/sh
# Run a script of the project, which need not be executable in its repository.
#
#   own-script.sh PATH
#
# It has the keys as variables, and may write a credentials file of its own.
set -eu
unset AWS_SHARED_CREDENTIALS_FILE
chmod +x "$1"
exec "./$1"

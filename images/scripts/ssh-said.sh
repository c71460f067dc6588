#!/bin/sh
# Where what follows fails, show what ssh said: Poetry shows nothing of what git says.
trap 'code=$?; [ $code = 0 ] || [ ! -f /tmp/ssh-said ] || cat /tmp/ssh-said >&2; rm -f /tmp/ssh-said; exit $code' EXIT

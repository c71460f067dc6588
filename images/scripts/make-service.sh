#!/bin/sh
# Make the service's own environment, without a package manager in it. Bytecode is told
# to fit its source by a hash, not by the time of day. Another script follows.
set -eu
export PYC_INVALIDATION_MODE=CHECKED_HASH
python3 -m venv --without-pip $service

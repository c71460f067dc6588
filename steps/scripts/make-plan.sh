#!/bin/sh
# Make a plan in memory, keep what has no values, and the rest encrypted where
# there is a key.
#
#   make-plan.sh MEMORY OUT BUNDLE [terraform plan options]   exit: terraform's
memory=$1 out=$2 bundle=$3
shift 3
trap : INT TERM
code=0
plan.sh make "$memory/now" "$@" || code=$?
case $code in 0 | 2) ;; *) exit "$code" ;; esac
mkdir -p "$out"
cp "$memory/now/summary.json" "$out/"
jq -f "$(dirname "$0")/imports.jq" "$memory/now/plan.json" >"$out.imports"
[ ! -f "$PLAN_KEY_FILE" ] || plan.sh bundle "$memory/now" "$out/$bundle" || exit 1
exit "$code"

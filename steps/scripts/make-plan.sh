#!/bin/sh
# Make a plan in memory, keep what has no values, and the rest encrypted where
# there is a key.
#
#   make-plan.sh MEMORY OUT BUNDLE [terraform plan options]   exit: terraform's
here=$(dirname "$0")
memory=$1 out=$2 bundle=$3
shift 3
trap : INT TERM
code=0
plan.sh make "$memory/now" "$@" || code=$?
case $code in 0 | 2) ;; *) exit "$code" ;; esac
mkdir -p "$out"
hide() { jq --slurpfile values "$memory/values" -f "$here/hide.jq"; }
for file in "${VALUES:-/run/secrets/values}"/*; do
  [ ! -f "$file" ] || jq -R -s . "$file"
done | jq -s . > "$memory/values" # a file, because a command line can be read
hide < "$memory/now/summary.json" > "$out/summary.json"
jq -f "$here/imports.jq" "$memory/now/plan.json" | hide > "$out.imports"
jq -f "$here/idle.jq" "$memory/now/plan.json" | hide > "$out.idle"
[ ! -f "$PLAN_KEY_FILE" ] || plan.sh bundle "$memory/now" "$out/$bundle" || exit 1
exit "$code"

#!/bin/sh
# Run a terraform command that changes the world so that nothing it did is lost.
#
#   apply.sh COMMAND [OPTION...]   exit: terraform's own code, or 1
#
# A state that cannot be written is pushed again, and else kept on the engine,
# encrypted for the plan key: the next run pushes it. Which resources terraform
# makes is noted until it has ended, for lost.sh: a run that is killed writes no
# state at all.
set -eu
umask 077
here=$(dirname "$0")
memory=${MEMORY:-/run/plan}
keep=${KEEP:-/var/lib/pipeline}
kept=$keep/errored.tfstate.age
errored=$memory/errored.tfstate
lock_timeout=${LOCK_TIMEOUT:-5m}

fail() { echo "Error: $1" >&2; exit 1; }

push() { terraform state push -lock-timeout="$lock_timeout" "$1"; }

# push_kept brings the state that an earlier run could not write to its place.
push_kept() {
  [ -f "$PLAN_KEY_FILE" ] || fail "state not written: an earlier run's is kept, encrypted: give the key it was made with, --plan-key, to push it first"
  age --decrypt -i "$PLAN_KEY_FILE" "$kept" > "$memory/kept.tfstate" 2>/dev/null ||
    fail "state not written: the one kept of an earlier run cannot be decrypted: give the key it was made with, --plan-key"
  push "$memory/kept.tfstate" ||
    fail "state not written: the one kept of an earlier run does not fit the state as it is now: get it with errored-state --drop and compare"
  rm -f "$kept"
  echo "Pushed the state that an earlier run could not write."
}

# save brings the state to its place, or keeps it, and says what is missing.
save() {
  for pause in 1 2 4; do
    sleep "$pause"
    if push "$errored"; then
      fail "state not written at once: it is now: run the same again to see that nothing is left to do"
    fi
  done
  terraform state list > "$memory/known" 2>/dev/null || :
  lost=$(jq -r --rawfile known "$memory/known" -f "$here/lost.jq" "$errored")
  said="state not written: ${lost:-nothing new} is not in it"
  if [ -f "$PLAN_KEY_FILE" ] && recipient=$(age-keygen -y "$PLAN_KEY_FILE") && age --encrypt -r "$recipient" -o "$kept.new" "$errored"; then
    mv "$kept.new" "$kept"
    fail "$said: it is kept, encrypted: run the same again with --plan-key to push it; or from anywhere: errored-state --environment $ENVIRONMENT export --path errored.tfstate.age && age -d -i KEY errored.tfstate.age | aws s3 cp - s3://$TF_STATE_BUCKET/$TF_STATE_KEY"
  fi
  fail "$said, and without --plan-key it is not kept: find out why the bucket refuses it, then import or remove those"
}

[ ! -f "$kept" ] || push_kept
# terraform leaves it in clear where it runs: let that be memory, not disk.
ln -sf "$errored" errored.tfstate

# A stop request reaches this script too, which has to see terraform end.
trap 'stopped=1' INT TERM
stopped=
journal=$keep/$PIPELINE_RUN.log
said=$memory/said.json

# run runs the command. Of what it says as JSON, errors and beginnings are kept;
# people read all of it in terraform's words, the errors last.
run() {
  command=$1; shift
  rm -f "$memory/lines" "$memory/code" && mkfifo "$memory/lines"
  (trap '' INT TERM; LC_ALL=C exec sed -n -E '/"type":"(diagnostic|apply_start|provision_start)"/p' < "$memory/lines" > "$said") & keeping=$!
  {
    trap : INT TERM
    code=0
    terraform "$command" -json "$@" || code=$?
    echo "$code" > "$memory/code"
  } | (trap '' INT TERM; exec tee "$memory/lines") | (trap '' INT TERM; exec jq -R -r --unbuffered -f "$here/said.jq") | "$here/journal.sh" "$journal" || :
  wait "$keeping" || :
  code=$(cat "$memory/code" 2>/dev/null) || :
  code=${code:-137} # terraform did not live to say: what it noted is kept, as of one that was killed
  jq -R -s -r -f "$here/errors.jq" "$said" >&2 || cat "$said" >&2
}

run "$@"
if [ "$1" = destroy ] && [ "$code" -ne 0 ] && [ -z "$stopped" ] && jq -R -s -e -f "$here/unbuilt.jq" "$said" > /dev/null; then
  # Reading it is no part of a destruction without a refresh.
  echo "The configuration reads a file that is not built here, and nothing is destroyed yet: destroying what the state has, without a refresh" >&2
  run "$@" -refresh=false
fi
[ "$code" -ge 128 ] || rm -f "$journal" || :
[ ! -s "$errored" ] || save
exit "$code"

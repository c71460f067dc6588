#!/bin/sh
# Run a terraform command that changes the world so that nothing it did is lost.
#
#   apply.sh COMMAND [OPTION...]   exit: terraform's own code, or 1
#
# A state that cannot be written is pushed again, and else kept on the engine,
# encrypted for the plan key: the next run pushes it. Which resources terraform
# makes is noted until the state has them, for lost.sh: a run that is killed writes
# no state at all.
set -eu
umask 077
here=$(dirname "$0")
memory=${MEMORY:-/run/plan}
keep=${KEEP:-/var/lib/pipeline}
kept=$keep/errored.tfstate.age
errored=$memory/errored
lock_timeout=${LOCK_TIMEOUT:-5m}

fail() { echo "Error: $1" >&2; exit 1; }

push() { terraform state push -lock-timeout="$lock_timeout" "$1"; }

# push_kept brings the state that an earlier run could not write to its place.
push_kept() {
  [ -f "$PLAN_KEY_FILE" ] || fail "state not written: an earlier run's is kept, encrypted: give the key it was made with, --plan-key, to push it first"
  age --decrypt -i "$PLAN_KEY_FILE" "$kept" > "$memory/kept.tfstate" 2>/dev/null ||
    fail "state not written: the one kept of an earlier run cannot be decrypted: give the key it was made with, --plan-key"
  push "$memory/kept.tfstate" ||
    fail "state not written: the one kept of an earlier run does not fit the state as it is now: get it with errored-state, compare, and forget it with errored-state --drop and its SHA-256"
  rm -f "$kept"
  echo "Pushed the state that an earlier run could not write."
}

# finish ends with a message that accounts for all that was made, or for what
# terraform knew of it when it was killed.
finish() {
  [ "$code" -ge 128 ] || rm -f "$journal" || :
  fail "$1"
}

# save brings the state to its place, or keeps it, and says what is missing.
save() {
  for pause in 1 2 4; do
    sleep "$pause"
    if push "$errored"; then
      finish "state not written at once: it is now: run the same again to see that nothing is left to do"
    fi
  done
  terraform state list > "$memory/known" 2>/dev/null || :
  lost=$(jq -r --rawfile known "$memory/known" -f "$here/lost.jq" "$errored")
  said="state not written: ${lost:-nothing new} is not in it"
  if [ -f "$PLAN_KEY_FILE" ] && recipient=$(age-keygen -y "$PLAN_KEY_FILE") && age --encrypt -r "$recipient" -o "$kept.new" "$errored"; then
    mv "$kept.new" "$kept"
    finish "$said: it is kept, encrypted: run the same again with --plan-key to push it; or from anywhere: errored-state --environment $ENVIRONMENT export --path errored.tfstate.age && age -d -i KEY errored.tfstate.age | aws s3 cp - s3://$TF_STATE_BUCKET/$TF_STATE_KEY"
  fi
  finish "$said, and without --plan-key it is not kept: find out why the bucket refuses it, then import or remove those"
}

# state brings what the state has now, in memory. One that cannot be read has nothing.
state() { terraform state pull 2>/dev/null | jq . > "$memory/$1" 2>/dev/null || : > "$memory/$1"; }

# account ends with what the run has made and its state does not have: terraform
# writes none where it crashes, or is interrupted a second time.
account() {
  grep -q -s '"action":"create"' "$journal" || return 0
  state now
  lost=$(jq -R -s -r --argjson killed false --slurpfile state "$memory/now" -f "$here/made.jq" "$journal" | jq -R -s -r 'rtrimstr("\n") | split("\n") | join(", ")')
  [ -z "$lost" ] || fail "state not written: made and not in it: $lost: once the lock is released (unlock), import or remove those"
}

# left says what terraform has forgotten and not destroyed, as the configuration
# tells it to: lifecycle { destroy = false }, in a resource or a removed block.
left() {
  : > "$memory/after"
  [ "$code" -eq 0 ] || [ ! -s "$memory/before" ] || state after
  forgotten=$(jq -R -s -r --argjson code "$code" --rawfile planned "$memory/forgets" --slurpfile before "$memory/before" --slurpfile after "$memory/after" -f "$here/forgotten.jq" "$said")
  [ -z "$forgotten" ] || echo "Left in place, and no longer in the state: $forgotten"
}

# moved says how many resources have another address now, which terraform does not count.
moved() {
  planned=$(jq -R -s '[split("\n")[] | (try fromjson catch empty) | objects | select(.type == "planned_change" and .change.previous_resource)] | length' "$said")
  saved=$(cat "$memory/moves" 2>/dev/null) || saved=0
  [ "$((planned + saved))" -eq 0 ] || echo "Moved: $((planned + saved))"
}

[ ! -f "$kept" ] || push_kept
# terraform leaves it in clear where it runs: let that be memory, not disk. It is there from
# the beginning, as in plan.sh: an archive of the whole directory has it, empty.
: > "$errored"
ln -sf "$errored" errored.tfstate

# A stop request reaches this script too, which has to see terraform end.
trap 'stopped=1' INT TERM
stopped=
journal=$keep/$PIPELINE_RUN.log
said=$memory/said.json

# run runs the command. What it makes is noted first; of what it says as JSON, errors,
# beginnings and ends are kept; people read all of it in terraform's words, the errors
# last. Whoever reads it reads to the end: terraform would die of a reader that is gone.
run() {
  command=$1; shift
  rm -f "$memory/lines" "$memory/people" "$memory/code" && mkfifo "$memory/lines" "$memory/people"
  (
    trap '' INT TERM
    LC_ALL=C sed -n -E '/"type":"(diagnostic|planned_change|apply_start|apply_complete|provision_start)"/p' > "$said"
    exec cat > /dev/null
  ) < "$memory/lines" & keeping=$!
  (
    trap '' INT TERM
    jq -R -r --unbuffered -f "$here/said.jq"
    exec cat > /dev/null
  ) < "$memory/people" & telling=$!
  {
    trap : INT TERM
    code=0
    terraform "$command" -json "$@" || code=$?
    echo "$code" > "$memory/code"
  } | (trap '' INT TERM; exec tee "$memory/lines" "$memory/people") | "$here/journal.sh" "$journal" || :
  for reader in "$keeping" "$telling"; do wait "$reader" || wait "$reader" || :; done # a stop request ends the first wait
  code=$(cat "$memory/code" 2>/dev/null) || :
  code=${code:-137} # terraform did not live to say: what it noted is kept, as of one that was killed
  jq -R -s -r -f "$here/errors.jq" "$said" >&2 || cat "$said" >&2
}

: > "$memory/before"
[ -f "$memory/forgets" ] || : > "$memory/forgets"
# The ids of what is forgotten are in the state before it. Most configurations forget
# nothing, and need not read it.
mentions=$(printf '%s\n' "${PLAN_FILES:-.}" .terraform/modules | tr '\n' '\0' \
  | xargs -0 sh -c 'find -L "$@" -name .terraform -prune -o -type f \( -name "*.tf" -o -name "*.tofu" -o -name "*.json" \) -exec grep -l -w -E "removed|destroy" {} +' find 2>/dev/null) || :
[ -z "$mentions" ] || state before

run "$@"
# unbuilt tells whether nothing is destroyed yet, for want of a file that a build leaves.
unbuilt() { [ "$1" = destroy ] && [ "$code" -ne 0 ] && [ -z "$stopped" ] && jq -R -s -e -f "$here/unbuilt.jq" "$said" > /dev/null; }
if unbuilt "$1"; then
  # Reading it is no part of a destruction without a refresh, but where its path is
  # known at once.
  echo "The configuration reads a file that is not built here, and nothing is destroyed yet: destroying what the state has, without a refresh" >&2
  run "$@" -refresh=false
  while unbuilt "$1" && "$here/stand-in.sh" "$said"; do run "$@" -refresh=false; done
fi
left
[ ! -s "$errored" ] || save
[ "$code" -ne 0 ] || [ "$1" != apply ] || moved
case $code in
  0) ;;
  1) account ;;
  *) exit "$code" ;; # it crashed or was killed: what it noted is kept
esac
rm -f "$journal" || :
if [ "$1" = destroy ] && [ -n "$forgotten" ]; then
  fail "left in place: $forgotten: the configuration has terraform forget them (destroy = false), and from now on nothing here knows of them: remove or keep them by hand, then destroy again to end the environment"
fi
exit "$code"

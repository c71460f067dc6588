#!/bin/sh
# Make, keep, compare and apply saved plans.
#
#   plan.sh make DIR [terraform plan options]   exit 0: nothing to do, 2: changes, other: failed
#   plan.sh bundle DIR FILE                     encrypt what `make` left in DIR
#   plan.sh apply FILE DIR [options]            exit 3: the world has moved since the plan;
#                                               $PLAN_EPHEMERAL: give its variables to apply too
#
# A plan holds state and secrets in clear. DIR must be memory, not disk: only
# summary.json, which has addresses and actions but no values, may leave it
# unencrypted. The key of a bundle is an age identity in $PLAN_KEY_FILE.
set -eu
umask 077
# A stop request reaches this script too, which has to see terraform end.
trap 'stopped=1' INT TERM
stopped=
here=$(dirname "$0")
memory=${MEMORY:-/run/plan}
lock_timeout=${LOCK_TIMEOUT:-5m}

fail() { echo "Error: $1" >&2; exit "${2:-1}"; }

# plan_errors says why no plan could be made. Terraform gives its text or its
# diagnostics: a plan that failed changes nothing when it is made once more. Where
# that one does not fail, or somebody wants an end, the text has to do.
plan_errors() {
  [ -n "$stopped" ] || terraform plan -json -lock-timeout=0s "$@" > "$dir/said.json" 2>/dev/null || :
  errors=$([ -n "$stopped" ] || jq -R -s -r -f "$here/errors.jq" "$dir/said.json")
  if [ -n "$errors" ]; then printf '%s\n' "$errors"; else cat "$dir/prose"; fi
}

# as_before tells whether a plan found all resources as the last run left them.
as_before() {
  now=$(unzip -p "$1" tfstate 2>/dev/null | jq -c -S .resources) &&
    before=$(unzip -p "$1" tfstate-prev 2>/dev/null | jq -c -S .resources) &&
    [ -n "$now" ] && [ "$now" = "$before" ]
}

make_plan() {
  dir=$1; shift
  mkdir -p "$dir"
  : > "$memory/errored"
  ln -sf "$memory/errored" errored.tfstate # as apply.sh does: an archive has the same files
  code=0
  terraform plan -no-color -detailed-exitcode -lock-timeout="$lock_timeout" -out="$dir/tfplan" "$@" 2> "$dir/prose" || code=$?
  case $code in
    0 | 2) cat "$dir/prose" >&2 ;;
    *) plan_errors "$@" >&2; exit "$code" ;;
  esac
  if [ "$code" = 0 ] && as_before "$dir/tfplan"; then
    echo '{}' > "$dir/plan.json" # nothing to do and nothing has drifted: terraform need not load its providers to say so
  else
    terraform show -json "$dir/tfplan" > "$dir/plan.json"
  fi
  jq -f "$here/summary.jq" "$dir/plan.json" > "$dir/summary.json"
  # The resources' planned values, to tell whether a later plan is the same.
  jq -S '[.resource_changes[]? | select(.change.actions != ["no-op"] or .change.importing or .previous_address) | {address, change: (.change + {from: .previous_address} | {actions, before, after, after_unknown, importing, from})}]' \
    "$dir/plan.json" > "$dir/changes.json"
  # All files that the root module reaches, whatever their names: $PLAN_FILES has
  # the paths, a line each.
  configuration=$(printf '%s\n' "${PLAN_FILES:-.}" | tr '\n' '\0' \
    | xargs -0 sh -c 'find -L "$@" -name .terraform -prune -o -type f ! -path "${TF_VAR_artifact:-}" -print0' find \
    | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1)
  artifact=$(printf '%s\n' "$PIPELINE_ARTIFACTS" \
    | while IFS= read -r path; do find -L "$path" ! -type d -print0 | LC_ALL=C sort -z; done | xargs -0 sha256sum | sha256sum | cut -d' ' -f1)
  # The plan carries the state that it was made from.
  unzip -p "$dir/tfplan" tfstate 2>/dev/null | jq --arg configuration "$configuration" --arg artifact "$artifact" --arg environment "$ENVIRONMENT" --arg image "${PIPELINE_IMAGE:-}" \
    '{environment: $environment, serial: (.serial // 0), lineage: (.lineage // ""), configuration: $configuration, artifact: $artifact, image: $image}' > "$dir/fingerprint.json"
  [ -s "$dir/fingerprint.json" ] || fail "the plan holds no state: its form is not known here"
  return "$code"
}

# seal is what only somebody with the key can say of a plan. Encrypting alone needs no
# more than the key's public part, which is no secret.
seal() {
  { grep -v '^#' "$PLAN_KEY_FILE" | tr -d '[:space:]'; cd "$1" && sha256sum tfplan fingerprint.json changes.json summary.json; } | sha256sum
}

bundle() {
  recipient=$(age-keygen -y "$PLAN_KEY_FILE" 2>/dev/null) || fail "the plan key is no age identity: make one with age-keygen"
  seal "$1" > "$1/seal"
  tar -C "$1" -cf - tfplan fingerprint.json changes.json summary.json seal | age --encrypt -r "$recipient" -o "$2"
}

apply() {
  bundle=$1; dir=$2; shift 2
  saved=$dir/saved; fresh=$dir/fresh
  mkdir -p "$saved"
  age --decrypt -i "$PLAN_KEY_FILE" "$bundle" > "$dir/bundle.tar" 2>/dev/null || fail "the plan cannot be decrypted: it was made with another key, or is damaged"
  tar -C "$saved" -xf "$dir/bundle.tar"
  [ "$(seal "$saved")" = "$(cat "$saved/seal" 2>/dev/null)" ] || fail "the plan was not made by who has its key, or by an earlier version of the pipeline: make a new plan"
  code=0
  (trap 'stopped=1' INT TERM; make_plan "$fresh" "$@" > "$dir/fresh.log") || code=$?
  case $code in 0 | 2) ;; *) cat "$dir/fresh.log"; exit "$code" ;; esac
  moved=$(jq -rn -f "$here/moved.jq" --slurpfile a "$saved/fingerprint.json" --slurpfile b "$fresh/fingerprint.json" \
    --slurpfile ca "$saved/changes.json" --slurpfile cb "$fresh/changes.json")
  [ -z "$moved" ] || fail "plan changed: $moved" 3
  jq -r '.changes[] | select(.action | contains("forget")).address' "$saved/summary.json" > "$dir/forgets" # applying a plan does not say them
  jq '[.changes[] | select(.from)] | length' "$saved/summary.json" > "$dir/moves"
  for option; do
    shift
    case ${PLAN_EPHEMERAL:+$option} in -var=* | -var-file=*) set -- "$@" "$option" ;; esac
  done
  exec apply.sh apply -lock-timeout="$lock_timeout" "$@" "$saved/tfplan"
}

command=$1; shift
case $command in
  make) make_plan "$@" ;;
  bundle) bundle "$@" ;;
  apply) apply "$@" ;;
  *) fail "unknown command $command" ;;
esac

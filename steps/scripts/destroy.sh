#!/bin/sh
# Destroy everything in the state, then remove the state itself where nothing is
# left in it. A bucket with versioning keeps its history.
set -eu
apply.sh destroy -no-color -auto-approve -lock-timeout="${LOCK_TIMEOUT:-5m}"
[ -z "$(terraform state list 2>/dev/null)" ] || exit 0
aws ${AWS_ENDPOINT_URL:+--endpoint-url "$AWS_ENDPOINT_URL"} s3api delete-object --bucket "$TF_STATE_BUCKET" --key "$TF_STATE_KEY" >/dev/null \
  || echo "Warning: the empty state s3://$TF_STATE_BUCKET/$TF_STATE_KEY could not be removed" >&2

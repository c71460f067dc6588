#!/bin/sh
# Note in FILE, as terraform says it, which resources it begins and ends to make.
# FILE is on a disk: no secret of the run gets there.
#
#   terraform apply -json | journal.sh FILE
umask 077
trap '' INT TERM # terraform is to end first
here=$(dirname "$0")
memory=${MEMORY:-/run/plan}

# secrets are the run's: its credentials, and the values of secret variables.
secrets() {
  for text in "${AWS_ACCESS_KEY_ID-}" "${AWS_SECRET_ACCESS_KEY-}" "${AWS_SESSION_TOKEN-}"; do
    printf '%s\n' "$text"
  done
  for file in "${VALUES:-/run/secrets/values}"/*; do
    [ ! -f "$file" ] || { cat "$file"; echo; }
  done
}
secrets > "$memory/secrets" # a file, because a command line can be read

jq -R -c --unbuffered --rawfile secrets "$memory/secrets" -f "$here/journal.jq" >> "$1" ||
  echo "What terraform makes cannot be noted: if it is killed, its log has to tell" >&2
exec cat > /dev/null # whatever could not be noted: terraform's own word is what counts

#!/bin/sh
# Copy what terraform says as it comes, and note in FILE which resources it
# begins and ends to make: the address and the id, nothing else of what it says.
#
#   terraform apply | journal.sh FILE
#
# FILE is on a disk. So an id that has a secret of the run in it is left out:
# one of the secret variables or of the credentials.
umask 077
trap '' INT TERM # terraform is to end first
name='[A-Za-z_][A-Za-z0-9_-]*'
key='(\[([0-9]+|"([^"\\]|\\.)*")\])?'
address="(module\\.$name$key\\.)*$name\\.$name$key"
creating="^$address: Creating\\.\\.\\.\$"
created="^$address: Creation complete after [0-9hms]+( \\[id=.*\\])?\$"

# secrets are the run's, a line each, those of a few characters left out: they
# would be found in everything.
secrets() {
  for text in "${AWS_ACCESS_KEY_ID-}" "${AWS_SECRET_ACCESS_KEY-}" "${AWS_SESSION_TOKEN-}"; do
    printf '%s\n' "$text"
  done
  for file in "${VALUES:-/run/secrets/values}"/*; do
    [ ! -f "$file" ] || { cat "$file"; echo; }
  done
}
memory=${MEMORY:-/run/plan}
secrets | grep -E '.{4}' > "$memory/secrets" || : # a file, because a command line can be read

note() {
  printf '%s\n' "$1" | grep -q -E "$creating|$created" || return 0
  printf '%s\n' "$1" | grep -q -F -f "$memory/secrets" || { printf '%s\n' "$1"; return 0; }
  printf '%s\n' "${1%% \[id=*}" | grep -v -F -f "$memory/secrets" # nothing, where it is in the address
}

while IFS= read -r line || [ -n "$line" ]; do
  printf '%s\n' "$line"
  case $line in
    *': Creating...' | *': Creation complete after '*) note "$line" >> "$1" ;;
  esac
done
exit 0 # whatever could not be noted: terraform's own word is what counts

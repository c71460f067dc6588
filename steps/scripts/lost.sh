#!/bin/sh
# Name what killed runs have made and the state does not know, a line each, and
# forget those runs.
set -eu
keep=/var/lib/pipeline
set -- "$keep"/*.log
[ -f "$1" ] || exit 0
known=$(mktemp)
terraform state list > "$known" 2>/dev/null || :
cat "$@" | awk -v known="$known" '
  BEGIN { while ((getline line < known) > 0) in_state[line] }
  match($0, /: Creating\.\.\.$/) { begin(substr($0, 1, RSTART - 1)) }
  match($0, /: Creation complete after /) {
    address = substr($0, 1, RSTART - 1)
    begin(address)
    complete[address]
    if (sub(/^.* \[id=/, "") && sub(/\]$/, "")) id[address] = $0
  }
  function begin(address) {
    if (address in in_state || address in begun) return
    begun[address]; order[++n] = address
  }
  END { for (i = 1; i <= n; i++) print order[i] (order[i] in id ? " (id " id[order[i]] ")" : order[i] in complete ? " (id not kept)" : " (unfinished)") }
'
rm -f "$@" "$known"

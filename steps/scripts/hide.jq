# Without the secret $values in the addresses and ids of a file that leaves the engine:
# an engine masks what a command prints, and no file. A key of for_each may be one.
# Those of a few characters would be found in everything.
($values[0] | map(rtrimstr("\n") | select(length > 3)) | sort_by(-length)) as $values
| def hide: reduce $values[] as $value (.; split($value) | join("***"));
walk(if type == "object" then with_entries(if (.value | type) == "string" and (.key | test("^(address|from|id)$")) then .value |= hide else . end) else . end)

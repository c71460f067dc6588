# What runs have made and the $state does not have, a line each, from their journals
# (-R, -s). Where terraform was $killed, so may be what it had begun or failed to make.
[split("\n")[] | (try fromjson catch empty) | objects] as $events
| [($state[0] // {}).resources[]? | select(.mode == "managed")
  | ([(.module // empty), .type, .name] | join(".")) as $address
  | .instances[]
  | {address: (if .index_key == null then $address else "\($address)[\(.index_key | tojson)]" end), attributes}
  ] as $has
| reduce $events[] as $e ({};
    if $e.action == "create" then .[$e.address] += {made: false, ended: ($e.event != "apply_start")} + if $e.event == "apply_complete" then {made: true, key: $e.key, id: $e.id} else {} end
    elif $e.event == "apply_complete" then .[$e.address].replaced = true
    else . end)
| to_entries | sort_by(.key)[] | .key as $address | .value
| select(has("made")) | select(.made or $killed or (.ended | not))
| . as $is
| select(any($has[]; .address == $address and
    if $is.id then .attributes[$is.key] == $is.id else ($is.replaced and ($is.made | not)) | not end) | not)
| if .id then "\($address) (id \(.id))" elif .made then "\($address) (id not kept)" else "\($address) (unfinished)" end

# What terraform has left in place and does not know any more, in a line: from what
# it said with -json (-R, -s), $planned addresses of a plan that was saved, and the
# states $before and $after it. With $code 0 it has done all that it planned.
def instances: .[0] // {} | [.resources[]? | select(.mode == "managed")
  | ([(.module // empty), .type, .name] | join(".")) as $address
  | .instances[] | select(.deposed | not)
  | {address: (if .index_key == null then $address else "\($address)[\(.index_key | tojson)]" end), id: .attributes.id?}];
[split("\n")[] | (try fromjson catch empty) | objects] as $said
| def completed($action): [$said[] | select(.type == "apply_complete") | .hook | select(.action == $action) | .resource.addr];
completed("delete") as $destroyed
| ($before | instances) as $had | ($after | instances) as $has
| [($planned | split("\n")[] | select(. != "")),
   ($said[] | select(.type == "planned_change") | .change | select(.action == "remove" or .action == "forget") | .resource.addr),
   # Made in place of one that stays: OpenTofu plans that as no change.
   (completed("create") as $created | $had[].address | select($code == 0 and (. as $a | any($created[]; . == $a))))]
| unique - $destroyed | map(. as $address
  | select(any($has[]; .address == $address) | not)
  | (first($had[] | select(.address == $address) | .id) // null) as $id
  | if $id then "\($address) (id \($id))" else $address end)
| join(", ")

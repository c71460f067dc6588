# What terraform begins and ends to make or to destroy, in what it says with -json
# (-R, -c): the address and the id, nothing else of what it says. What has one of
# the $secrets in it, a line each, is left out; those of a few characters would be
# found in everything.
($secrets | split("\n") | map(select(length > 3))) as $secrets
| def secret: . as $text | any($secrets[]; . as $s | $text | contains($s));
(try fromjson catch null) | objects
| .type as $event | .hook | objects
| select(.action == "create" or .action == "delete")
| select($event == "apply_start" or $event == "apply_complete" or $event == "apply_errored")
| .resource.addr as $address | select($address | secret | not)
| {$event, action, $address} + if .id_value and (.id_value | secret | not) then {key: .id_key, id: .id_value} else {} end

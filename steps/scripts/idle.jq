# What a plan would deploy from an archive that is made after a command which does not
# run again, from `terraform show -json`. Each run begins with the source alone: what
# the command left in an earlier one is gone.
def plain: gsub("\\[[^\\]]*\\]"; "");
def hashes: .values | [.output_base64sha256, .output_base64sha512, .output_md5, .output_sha, .output_sha256, .output_sha512 | select(. != null)];
def modules($at): {at: $at, resources: (.resources // [])}, (.module_calls // {} | to_entries[] | .key as $name | .value.module // {} | modules("\($at)module.\($name)."));
.resource_changes as $changes
| [.prior_state.values? | .. | objects | select(.mode? == "data" and .type? == "archive_file")] as $packed
| def planned($address): [$changes[]? | select((.address | plain) == $address)];
[.configuration.root_module // {} | modules("") as $m
  | [$m.resources[] | select(any(.provisioners[]?; .type == "local-exec")) | .address
      | select(planned($m.at + .) | . != [] and all(.[]; .change.actions == ["no-op"]))] as $idle
  | $m.resources[] | select(.type == "archive_file") as $archive
  | [$archive.depends_on[]?, ($archive.expressions | .. | objects | .references?[]?)] as $needs
  | $idle[] | select(. as $it | any($needs[]; . == $it or startswith($it + ".") or startswith($it + "[")))
  | "\($m.at)\(.)" as $command | "\($m.at)\($archive.address)" as $of
  | [$packed[] | select((.address | plain) == $of) | hashes[]] as $hashes
  | $changes[]? | select(.mode == "managed" and .change.actions != ["no-op"])
  | .change as $c | select([$c.after | objects | to_entries[] | select(.key as $key | .value as $value | any($hashes[]; . == $value) and ($c.before | objects | .[$key]) != $value)] != [])
  | {address, archive: $of, command: $command}]
| unique

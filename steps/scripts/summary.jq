# What a plan does, without any value: from `terraform show -json`.
# Providers fill empty attributes in when they read a resource for the first
# time; that is no change.
def norm: walk(if type == "object" then with_entries(select(.value | . != null and . != {} and . != [] and . != "")) else . end);
def action:
  if . == ["create"] then "create"
  elif . == ["update"] then "update"
  elif . == ["delete"] then "delete"
  elif . == ["read"] or . == ["no-op"] then null
  elif index("create") and index("delete") then "replace"
  else join("+") end;
{
  changes: [.resource_changes[]?
    | {address, action: ((.change.actions | action) // "")}
      + (if .previous_address then {from: .previous_address} else {} end)
      + (if .change.importing then {imported: true} else {} end)
    | select(.action != "" or .from or .imported)],
  outputs: [(.output_changes // {}) | to_entries[] | select(.value.actions != ["no-op"]) | .key],
  new: ([.prior_state.values? | .. | objects | select(.mode? == "managed")] == []),
  # A file of the container is never there: each run begins with the source alone.
  drift: [.resource_drift[]? | select(.type | . != "local_file" and . != "local_sensitive_file" and . != "archive_file")
    | select((.change.before | norm) != (.change.after | norm)) | {address, action: (.change.actions | action)}]
}

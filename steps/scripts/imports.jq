# What a plan would import, from `terraform show -json`: an id, or an identity.
[.resource_changes[]? | select(.change.importing) | {address, type, id: (.change.importing | .id // (.identity | tostring))}]

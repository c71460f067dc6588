#!/bin/sh
# Refuse to begin with nothing in the workspace "default" where the one that is named
# after the environment has a state: somebody selects it by hand. A backend that has no
# workspaces, or does not list them, has none.
#
#   default-workspace.sh NAME
[ -z "$(terraform state list 2>/dev/null)" ] || exit 0
terraform workspace list 2>/dev/null | tr -d '* ' | grep -qxF -e "$1" || exit 0
# What cannot be read has a state.
held=$(TF_WORKSPACE=$1 terraform state list 2>&1) || case $held in *"No state file was found"*) held= ;; esac
[ -n "$held" ] || exit 0
echo "Error: the workspace $1 has a state, and this run would begin with nothing in the workspace default: set workspace = \"environment\" in [tool.pipeline.terraform] of pyproject.toml to go on with that state, or workspace = \"default\" where this is a new one" >&2
exit 1

#!/bin/sh
# Select the workspace of an environment, which is made where there is none. With
# `only`, it is made only where no other one can be meant: that is one with a
# state, which is no merge request's.
#
#   select-workspace.sh NAME [only]
terraform workspace select -no-color "$1" >/dev/null 2>&1 && exit
if [ "${2:-}" = only ]; then
	all=$(terraform workspace list -no-color) || exit
	meant=
	for other in $(echo "$all" | tr -d '* ' | grep -vxE 'mr-[1-9][0-9]*'); do
		# What cannot be read has a state.
		held=$(TF_WORKSPACE=$other terraform state list 2>&1) || case $held in *"No state file was found"*) held= ;; esac
		[ -z "$held" ] || meant="$meant $other"
	done
	if [ -n "$meant" ]; then
		echo "Error: no workspace is named $1, and a state may be in another one (${meant# }): make it with \"terraform workspace new $1\" where that is a new environment, or set workspace = \"default\" in [tool.pipeline.terraform] of pyproject.toml where no workspace is selected" >&2
		exit 1
	fi
fi
exec terraform workspace new -no-color "$1"

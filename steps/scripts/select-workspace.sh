#!/bin/sh
# Select the workspace of an environment, which is made where there is none. With
# `only`, it is made only where no other one can be meant.
#
#   select-workspace.sh NAME [only]
terraform workspace select -no-color "$1" >/dev/null 2>&1 && exit
if [ "${2:-}" = only ]; then
	all=$(terraform workspace list -no-color | tr -d '* ' | grep .)
	if [ "$all" != default ] || [ -n "$(terraform state list)" ]; then
		# shellcheck disable=SC2086 # one line of names
		echo "Error: no workspace is named $1, and a state may be in another one ($(echo $all)): make it with \"terraform workspace new $1\" where that is a new environment" >&2
		exit 1
	fi
fi
exec terraform workspace new -no-color "$1"

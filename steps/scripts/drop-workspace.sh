#!/bin/sh
# Remove the workspace of a merge request whose environment is destroyed. Terraform
# keeps one that has resources.
#
#   drop-workspace.sh NAME
terraform workspace select -no-color default >/dev/null && exec terraform workspace delete -no-color "$1"

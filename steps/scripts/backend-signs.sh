#!/bin/sh
# Name the first line of a source, but for its documents, comments, tests and lists of
# what tools leave out or check, by which somebody has run Terraform: who gives init what
# a declared backend leaves open.
#
#   backend-signs.sh DIR
set -eu
cd "$1"
find . -type d \( -name .git -o -name .terraform -o -name node_modules -o -name .venv -o -name test -o -name tests \) -prune -o \
  -type f -size -1024k ! -name '*.tf' ! -name '*.tf.json' ! -name '*.tofu' ! -name '*.md' ! -name '*.rst' ! -name '*.lock' ! -name '*.lock.hcl' ! -name '.*ignore' ! -name .gitattributes ! -name .pre-commit-config.yaml \
  -exec grep -HnE "backend[-_]config|TF_CLI_ARGS_init|remote_state|terragrunt|(terraform|tofu)[\"',]*[[:space:]]+([\"']?-chdir[^[:space:]]*[[:space:]]+)*[\"']?(init|plan|apply|deploy)([^a-z]|\$)|setup-(terraform|opentofu)|(^|[[:space:]{,\"'-])(uses|file|template|remote|component|project|orb)[\"']?:.*(terraform|tofu)" {} + 2>/dev/null |
  grep -v -E -e '-backend=false' -e '^[^:]*:[0-9]+:[[:space:]]*(#|//|\*|<!--)' | sed -n 's|^\./\([^:]*\):\([0-9]*\):.*|\1 line \2|p' | LC_ALL=C sort | head -n 1

#!/bin/sh
# Name the first line of a source, but for its documents, comments, tests and lists of
# what tools leave out or check, by which somebody has run Terraform: who gives init what
# a declared backend leaves open.
#
# With `written`, of a root module that declares no backend, only what writes one counts.
#
#   backend-signs.sh DIR [written]
set -eu
cd "$1"
signs="backend[-_]config|TF_CLI_ARGS_init|remote_state|terragrunt|((terraform|tofu)(:[[:alnum:]._-]+)?|\\\$[({]?(TF|TERRAFORM|TOFU|tf)(_(BIN|CMD|bin|cmd))?[)}]?)[\"',]*[[:space:]]+([\"']?-chdir[^[:space:]]*[[:space:]]+)*[\"']?(init|plan|apply|deploy)([^a-z]|\$)|setup-(terraform|opentofu)|(^|[[:space:]{,\"'-])(uses|file|template|remote|component|project|orb)[\"']?:.*(terraform|tofu)"
[ -z "${2-}" ] || signs='backend[[:space:]]+\\?["'"'"'](s3|http|gcs|azurerm|pg|consul|kubernetes|cos|oss|oci|remote)'
find . -type d \( -name .git -o -name .terraform -o -name node_modules -o -name .venv -o -name test -o -name tests \) -prune -o \
  -type f -size -1024k ! -name '*.tf' ! -name '*.tf.json' ! -name '*.tofu' ! -name '*.md' ! -name '*.rst' ! -name '*.lock' ! -name '*.lock.hcl' ! -name '.*ignore' ! -name .gitattributes ! -name .pre-commit-config.yaml \
  -exec grep -HnE "$signs" {} + 2>/dev/null |
  grep -v -E -e '-backend=false' -e '^[^:]*:[0-9]+:[[:space:]]*(#|//|\*|<!--)' | sed -n 's|^\./\([^:]*\):\([0-9]*\):.*|\1 line \2|p' | LC_ALL=C sort | head -n 1

#!/bin/sh
# Ask the project's build backend for the version that it takes from git. What git has
# of the last commit counts as unchanged: the files that are not here were left out.
set -eu
cd "$1"
unset UV_NO_CACHE
export UV_CACHE_DIR=$packed/cache GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*' NO_COLOR=1
[ -f .git/HEAD ] || { echo "pipeline: it is no .git directory" >&2; exit 1; }
[ ! -f .git/shallow ] || git describe --tags >/dev/null 2>&1 || { echo "pipeline: the clone is shallow and has no tag" >&2; exit 1; }
git read-tree HEAD
git ls-files -z | git update-index -z --skip-worktree --stdin
uv pip install --dry-run --no-deps --target /tmp/nowhere "$2" > /tmp/said 2>&1 || { cat /tmp/said >&2; exit 1; }
sed -n 's/^ + [^=]*==\([^ ]*\).*/\1/p' /tmp/said > /tmp/version

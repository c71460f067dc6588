#!/bin/sh
# Put an empty file in the place of each that terraform did not find, by what it said
# as JSON, and fail where there is none to put. With a PATTERN, of those that match it.
#
#   stand-in.sh FILE [PATTERN]
put=1
for name in $(jq -R -s -r '[(try fromjson catch (split("\n") | map(try fromjson catch empty))) | .. | objects | .detail? | strings
  | (capture("open (?<f>[^ :]+): no such file or directory") // capture("no file exists at \"(?<f>[^ \"]+)\"")).f] | unique[]' "$1"); do
	# shellcheck disable=SC2254 # it is a pattern
	case $name in ${2:-*}) ;; *) continue ;; esac
	[ ! -e "$name" ] && mkdir -p "$(dirname "$name")" && : >"$name" || continue
	echo "$name is not built here: an empty file stands for it" >&2
	put=0
done
exit $put

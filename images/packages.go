package images

import "strings"

// installScript installs the packages that provide the commands missing in the
// image, with the package manager that the image has. Its arguments are
// COMMAND=DEBIAN_PACKAGE=ALPINE_PACKAGE.
const installScript = `set -eu
deb= apk=
for tool in "$@"; do
  command=${tool%%=*} names=${tool#*=}
  command -v "$command" >/dev/null 2>&1 && continue
  deb="$deb ${names%%=*}" apk="$apk ${names#*=}"
done
[ -n "$deb" ] || exit 0
if command -v apk >/dev/null 2>&1; then
  exec apk add --no-cache $apk
elif command -v apt-get >/dev/null 2>&1; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends $deb
  rm -rf /var/lib/apt/lists/* /var/cache/apt/*
else
  echo "the image has neither apk nor apt-get to install:$deb: use an Alpine or Debian image, or one that has them" >&2
  exit 1
fi`

// tool is a command that an image must have, and the packages that bring it.
type tool struct{ command, debian, alpine string }

// installTools is the command that installs what the image lacks.
func installTools(tools ...tool) []string {
	args := []string{"sh", "-c", installScript, "install-tools"}
	for _, t := range tools {
		args = append(args, strings.Join([]string{t.command, t.debian, t.alpine}, "="))
	}
	return args
}

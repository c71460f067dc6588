package images

import "strings"

// installPackages installs packages by name, with the package manager that the
// image has.
const installPackages = `set -eu
if command -v apk >/dev/null 2>&1; then
  exec apk add --no-cache "$@"
elif command -v apt-get >/dev/null 2>&1; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "$@"
  rm -rf /var/lib/apt/lists/* /var/cache/apt/*
elif command -v dnf >/dev/null 2>&1; then
  dnf install -y -q --setopt=install_weak_deps=False "$@"
  dnf clean all -q
else
  echo "the image has neither apk nor apt-get nor dnf to install: $*: use an Alpine, Debian or Fedora image, or one that has them" >&2
  exit 1
fi`

// installMissing installs the packages that provide the commands missing in the
// image. Its arguments are COMMAND=DEBIAN_PACKAGE=ALPINE_PACKAGE.
const installMissing = `set -eu
deb= apk=
for tool in "$@"; do
  command=${tool%%=*} names=${tool#*=}
  command -v "$command" >/dev/null 2>&1 && continue
  deb="$deb ${names%%=*}" apk="$apk ${names#*=}"
done
[ -n "$deb" ] || exit 0
if command -v apk >/dev/null 2>&1; then set -- $apk; else set -- $deb; fi
` + installPackages

// tool is a command that an image must have, and the packages that bring it.
type tool struct{ command, debian, alpine string }

// installTools is the command that installs what the image lacks.
func installTools(tools ...tool) []string {
	args := []string{"sh", "-c", installMissing, "install-tools"}
	for _, t := range tools {
		args = append(args, strings.Join([]string{t.command, t.debian, t.alpine}, "="))
	}
	return args
}

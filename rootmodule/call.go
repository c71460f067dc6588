package rootmodule

import (
	"path"
	"regexp"
	"strings"
)

// overSSH are the forms in which Terraform's sources name a git repository that is reached over SSH.
var overSSH = regexp.MustCompile(`^(?:git::)?(?:ssh://|[\w.-]+@[\w.-]+:)`)

// packer is a module of the registry, or of its repository, that packs functions with Python
// and pip.
var packer = regexp.MustCompile(`terraform-aws-modules/(?:terraform-aws-)?lambda\b`)

// call is a module that is called.
func (f *reading) call(source, version string) error {
	if !strings.HasPrefix(source, "./") && !strings.HasPrefix(source, "../") {
		f.out.Fetches = true // from a registry or git, or what only terraform can tell
		if packer.MatchString(source) {
			f.names("python3\npip3")
		}
		f.out.Calls = append(f.out.Calls, strings.TrimSpace(source+" "+version))
		if f.out.OverSSH == "" && overSSH.MatchString(source) {
			f.out.OverSSH = source
		}
		return nil
	}
	dir := path.Join(f.dir, source)
	if !f.reach(dir) {
		return nil // terraform says that it is not there
	}
	return f.module(dir)
}

package images

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"dagger/pipeline/internal/dagger"
)

// Needs is what the commands of root modules need: programs that their provisioners and
// external data sources name, and the Python that packages are for which pip installs.
type Needs struct {
	Programs []string
	// Minor is that of Python 3 that the newest of their functions runs on, 0 where none says it.
	Minor int
}

// ReadNeeds reads the root modules.
func ReadNeeds(ctx context.Context, source *dagger.Directory, roots []string) (n Needs, err error) {
	for _, root := range roots {
		m, err := ReadRoot(ctx, source, root)
		if err != nil {
			return n, err
		}
		n.Programs = append(n.Programs, m.Programs...)
		n.Minor = max(n.Minor, slices.Max(append(m.Pythons(), 0)))
	}
	slices.Sort(n.Programs)
	n.Programs = slices.Compact(n.Programs)
	return n, nil
}

// Python tells whether the commands run it. What they install has to fit the functions, so
// it is to be theirs, and not the one of a distribution.
func (n Needs) Python() bool {
	return slices.ContainsFunc(n.Programs, func(name string) bool {
		return strings.HasPrefix(name, "python") || strings.HasPrefix(name, "pip")
	})
}

// Base is the image to build the terraform container on where none is named. project is the
// one of the project's Python.
func (n Needs) Base(project string) string {
	switch {
	case !n.Python():
		return TerraformBase
	case n.Minor > 0:
		return fmt.Sprintf("%s3.%d%s", pythonImage, n.Minor, pythonRelease)
	case strings.HasPrefix(project, pythonImage):
		return project
	}
	return pythonImage + "3.12" + pythonRelease
}

// The names of Docker's official images of Python, around the version.
const (
	pythonImage   = "python:"
	pythonRelease = "-slim-bookworm"
)

// BringsTerraform tells whether a base image may have a Terraform of its own.
func BringsTerraform(base string) bool {
	return base != TerraformBase && !strings.HasPrefix(base, pythonImage)
}

// tools are the packages that bring the programs.
func (n Needs) tools() (out []tool) {
	for _, name := range n.Programs {
		out = append(out, commandTools[name])
	}
	return out
}

// commandTools has the programs that rootmodule looks for.
var commandTools = map[string]tool{
	"bash":     {"bash", "bash", "bash"},
	"envsubst": {"envsubst", "gettext-base", "gettext"},
	"make":     {"make", "make", "make"},
	"mysql":    {"mysql", "default-mysql-client", "mysql-client"},
	"node":     {"node", "nodejs", "nodejs"},
	"npm":      {"npm", "npm", "npm"},
	"openssl":  {"openssl", "openssl", "openssl"},
	"pip":      {"pip", "python3-pip", "py3-pip"},
	"pip3":     {"pip3", "python3-pip", "py3-pip"},
	"psql":     {"psql", "postgresql-client", "postgresql-client"},
	"python":   {"python", "python-is-python3", "python3"},
	"python3":  {"python3", "python3", "python3"},
	"rsync":    {"rsync", "rsync", "rsync"},
	"wget":     {"wget", "wget", "wget"},
	"zip":      {"zip", "zip", "zip"},
}

package images

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/tell"
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

// TellPython says where pip in the terraform container is of another Python than the functions,
// as a named image may have.
func (n Needs) TellPython(ctx context.Context, c *dagger.Container) {
	if n.Minor == 0 || !slices.ContainsFunc(n.Programs, func(name string) bool { return strings.HasPrefix(name, "pip") }) {
		return
	}
	has, err := c.WithExec([]string{"python3", "-c", "import sys; print('%d.%d' % sys.version_info[:2], end='')"}).Stdout(ctx)
	if line := n.misfit(has); err == nil && line != "" { // without it the command itself fails
		tell.Once(line)
	}
}

// misfit is what is said of a Python in the container.
func (n Needs) misfit(has string) string {
	if has == fmt.Sprintf("3.%d", n.Minor) {
		return ""
	}
	return fmt.Sprintf("Warning: the terraform container has Python %s, and the functions of the root modules run on 3.%d: what pip installs there may not fit them: leave the image out or name one with that Python (--terraform-image), or let pip take their wheels (--python-version 3.%d --only-binary :all:)", has, n.Minor, n.Minor)
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

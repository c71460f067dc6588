package images

import (
	"strings"

	"dagger/pipeline/project"
)

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

// appTools installs what the targets of projects use, git where a package comes
// from a repository, and ssh where git needs it for one.
func appTools(files map[string]string) []string {
	tools := []tool{{"make", "make", "make"}, {"zip", "zip", "zip"}}
	for _, text := range files {
		if project.Clones(text) {
			tools = append(tools, tool{"git", "git", "git"})
			break
		}
	}
	if overSSH(files) != "" {
		tools = append(tools, sshTool)
	}
	return installTools(tools...)
}

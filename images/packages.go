package images

import "strings"

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

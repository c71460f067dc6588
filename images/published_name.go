package images

import (
	"fmt"

	"dagger/pipeline/project"
)

// namedOn checks the name of the project that an image's label gives. It becomes
// part of a state's key, and whoever pushes an image writes its label: one such as
// x/../other would reach another project's state.
func namedOn(ref, name string) error {
	if err := (project.Project{Name: name}).Named(); err != nil {
		return fmt.Errorf("pulling %s: its label names no project, %q: publish the images again, or give the project with --source", ref, name)
	}
	return nil
}

package images

import (
	_ "embed"

	"dagger/pipeline/internal/dagger"
)

// followLinks runs in a container that has the source.
//
//go:embed scripts/follow_links.py
var followLinks string

// withLinksFollowed puts what symbolic links in directories of the source lead to in their
// places, so that what is made of a directory has it, too.
func (a App) withLinksFollowed(dirs []string) dagger.WithContainerFunc {
	return func(c *dagger.Container) *dagger.Container {
		if len(dirs) == 0 {
			return c
		}
		return c.WithExec(append([]string{virtualenv + "/bin/python", "-c", followLinks, a.workdir()}, dirs...))
	}
}

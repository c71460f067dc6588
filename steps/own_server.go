package steps

import (
	"slices"
	"strings"

	"dagger/pipeline/state"
)

// onOwnServer tells whether a resource is on a server that each environment has for
// itself, such as a role in its own database or a namespace of its own cluster: what has
// the same id in another environment's state is another one there. So it is where each
// configuration of its provider takes the server's address from a resource of the root
// module, or from the environment's name. AWS is one for all.
func (w Workspace) onOwnServer(t state.Thing) bool {
	provider, _, _ := strings.Cut(t.Kind(), "_")
	configured := w.Module.Servers[provider]
	return provider != "aws" && len(configured) > 0 && !slices.ContainsFunc(configured, func(refs []string) bool { return !slices.ContainsFunc(refs, w.ownRef) })
}

// ownRef tells whether a reference of the root module is the environment's own: a
// resource, or what its name is in.
func (w Workspace) ownRef(ref string) bool {
	kind, name, _ := strings.Cut(ref, ".")
	switch kind {
	case "var":
		return slices.Contains(w.ownNames(), ref) || strings.Contains(w.Settings.Variables[name], environmentMark)
	case "terraform":
		return slices.Contains(w.ownNames(), ref)
	case "local", "data", "module", "each", "count", "path", "self":
		return false
	}
	return state.InTheWorld(kind)
}

package rootmodule

import (
	"regexp"
	"slices"
)

// Handlers are the texts of the module's files, or of a module that it calls in the
// source, that may name a function of Python, such as
// src.orders.main.
func (m Module) Handlers() (out []string) {
	for _, found := range handler.FindAllStringSubmatch(m.texts, -1) {
		out = append(out, found[1])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

var handler = regexp.MustCompile(`"([A-Za-z_]\w*(?:[./][A-Za-z_]\w*)+)"`)

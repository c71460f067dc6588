package project

import (
	"path"
	"slices"
	"strings"
)

// roots are the project's own directory, src, and those that its build backend is told
// of. besideSrc is whether it is told of modules that are not in src.
func (p pyproject) roots() (roots []string, besideSrc bool) {
	roots = []string{".", "src"}
	add := func(dir string) {
		if dir = path.Clean(dir); !slices.Contains(roots, dir) {
			roots = append(roots, dir)
		}
		besideSrc = besideSrc || dir != "src" && !strings.HasPrefix(dir, "src/")
	}
	if p.Tool.Poetry != nil {
		for _, included := range p.Tool.Poetry.Packages {
			add(included.From)
		}
	}
	for _, dir := range []string{p.Tool.Setuptools.PackageDir[""], p.Tool.PDM.Build.PackageDir} {
		if dir != "" {
			add(dir)
		}
	}
	if table, ok := p.Tool.Setuptools.Packages.(map[string]any); ok {
		if find, ok := table["find"].(map[string]any); ok {
			for _, dir := range texts(find["where"]) {
				add(dir)
			}
		}
	}
	wheel := p.Tool.Hatch.Build.Targets.Wheel
	for _, dir := range texts(wheel.Packages) {
		add(path.Dir(dir))
	}
	for _, dir := range texts(wheel.Sources) {
		add(dir)
	}
	if root := p.Tool.UV.BuildBackend.Root; root != nil {
		add(*root)
	}
	_, listed := p.Tool.Setuptools.Packages.([]any)
	if listed && p.Tool.Setuptools.PackageDir[""] == "" || len(p.Tool.Setuptools.PyModules) > 0 {
		besideSrc = true
	}
	for _, patterns := range []any{p.Tool.Hatch.Build.Include, wheel.Include, wheel.OnlyInclude, p.Tool.PDM.Build.Includes} {
		besideSrc = besideSrc || patterns != nil
	}
	return roots, besideSrc
}

// RootsIn are the roots where the directory has the names. Where the modules are in src
// and nowhere else, an editable installation finds none beside it, and the wheel has none.
func (d Distribution) RootsIn(names []string) []string {
	module := strings.ReplaceAll(normal(d.Name), "-", "_")
	if !d.Installed || d.Build || d.besideSrc || !slices.Contains(names, "src/") || slices.Contains(names, module+"/") || slices.Contains(names, module+".py") {
		return d.Roots
	}
	return slices.DeleteFunc(slices.Clone(d.Roots), func(root string) bool { return root == "." })
}

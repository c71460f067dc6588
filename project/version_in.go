package project

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

var assigned = regexp.MustCompile(`(?m)^\s*(?:__version__|VERSION|version|__VERSION__)\s*(?::[^=\n]*)?=\s*["']([^"'\n]+)["']`)

// VersionIn finds a version in a module or in a file that holds nothing else. name is that
// of the variable which has it, "" for one of the usual ones.
func VersionIn(text, name string) string {
	is := assigned
	if name != "" {
		is = regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(name) + `\s*(?::[^=\n]*)?=\s*["']([^"'\n]+)["']`)
	}
	if m := is.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	if words := strings.Fields(text); len(words) == 1 {
		return words[0]
	}
	return ""
}

// versionFiles are where the version may stand, by what the build backend is told.
func (p pyproject) versionFiles() []string {
	dynamic := p.Tool.Setuptools.Dynamic.Version
	files := append([]string{p.Tool.Hatch.Version.Path, p.Tool.PDM.Version.Path}, texts(dynamic.File)...)
	if dot := strings.LastIndex(dynamic.Attr, "."); dot > 0 {
		module := strings.ReplaceAll(dynamic.Attr[:dot], ".", "/")
		for _, root := range []string{"", "src", p.Tool.Setuptools.PackageDir[""]} {
			files = append(files, path.Join(root, module+".py"), path.Join(root, module, "__init__.py"))
		}
	}
	if strings.HasPrefix(p.BuildSystem.Backend, "flit") {
		module := First(p.Tool.Flit.Module.Name, strings.ReplaceAll(p.Project.Name, "-", "_"))
		for _, root := range []string{"", "src"} {
			files = append(files, path.Join(root, module+".py"), path.Join(root, module, "__init__.py"))
		}
	}
	return slices.DeleteFunc(files, func(f string) bool { return f == "" })
}

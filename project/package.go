package project

import (
	"maps"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// Distribution is what an installed package tells others about itself.
type Distribution struct {
	Name, Version string
	// FromGit is the tool that takes the version from git, "" if none does.
	FromGit string
	// VersionFiles are files that may have the version if pyproject.toml does not.
	VersionFiles []string
	// VersionName is the variable in them that has it, "" for one of the usual names.
	VersionName string
	// Roots are the directories with its modules, from the project's.
	Roots []string
	// besideSrc reports that its tables say of modules that are not in src.
	besideSrc bool
	// EntryPoints by group; the group console_scripts makes commands.
	EntryPoints map[string]map[string]string
	// Files are scripts that become commands as they are.
	Files map[string]string
	// Requires are its dependencies, Metadata what else METADATA has of it.
	Requires, Metadata []string
	// Installed is false if it is not a package but a list of dependencies.
	Installed bool
	// Backend are the requirements of its build backend.
	Backend []string
	// Build reports that only its build backend can complete it: it compiles, or
	// writes modules, or has settings that are not understood here.
	Build bool
	// Setuptools reports that a setup.py or setup.cfg beside the file counts.
	Setuptools bool
}

// builders are parts of build requirements that compile or write modules.
var builders = []string{
	"maturin", "setuptools-rust", "cython", "scikit-build", "meson-python", "cffi", "pybind11", "nanobind", "mypy", "numpy", "hatch-cython",
}

// pyproject is the part of the file that says how the project is built.
type pyproject struct {
	Project struct {
		Name, Version string
		Dependencies  []string
		Dynamic       []string
		Scripts       map[string]string
		GUIScripts    map[string]string            `toml:"gui-scripts"`
		EntryPoints   map[string]map[string]string `toml:"entry-points"`
		about
	}
	BuildSystem struct {
		Requires []string
		Backend  string `toml:"build-backend"`
	} `toml:"build-system"`
	Tool struct {
		Poetry     *poetryTable
		Setuptools struct {
			PackageDir map[string]string `toml:"package-dir"`
			Packages   any
			PyModules  []string `toml:"py-modules"`
			Dynamic    struct {
				Version struct {
					Attr string
					File any
				}
			}
		}
		SetuptoolsSCM map[string]any `toml:"setuptools_scm"`

		PoetryDynamicVersioning struct{ Enable bool } `toml:"poetry-dynamic-versioning"`
		Hatch                   struct {
			Version struct{ Path, Source, Pattern, Expression string }
			Build   struct {
				Include any
				Targets struct {
					Wheel struct {
						Packages, Sources, Include any
						OnlyInclude                any `toml:"only-include"`
					}
				}
			}
		}
		PDM struct {
			Version struct{ Path, Source string }
			Build   struct {
				PackageDir string `toml:"package-dir"`
				Includes   any
			}
		}
		Flit struct{ Module struct{ Name string } }
		UV   struct {
			Package      *bool
			BuildBackend struct {
				Root *string `toml:"module-root"`
			} `toml:"build-backend"`
		}
	}
}

type poetryTable struct {
	Name, Version string
	PackageMode   *bool `toml:"package-mode"`
	Packages      []poetryInclude
	Dependencies  map[string]any
	Extras        map[string][]string
	Scripts       map[string]any
	Plugins       map[string]map[string]string
	Build         any
	about
}

type poetryInclude struct{ From, To string }

// ReadDistribution reads a pyproject.toml. It leaves out whatever has a form that a
// build backend would not accept.
func ReadDistribution(text string) (Distribution, error) {
	var doc pyproject
	if err := toml.Unmarshal([]byte(text), &doc); err != nil {
		return Distribution{}, positioned(err)
	}
	poetry := doc.Tool.Poetry
	if poetry == nil {
		poetry = &poetryTable{}
	}
	d := Distribution{
		Name:        First(doc.Project.Name, poetry.Name),
		Version:     NormalVersion(First(doc.Project.Version, poetry.Version)),
		Requires:    doc.Project.Dependencies,
		Metadata:    doc.metadata(),
		EntryPoints: map[string]map[string]string{},
		Files:       map[string]string{},
	}
	if len(d.Requires) == 0 {
		d.Requires = requiresOfPoetry(poetry.Dependencies)
	}
	d.Installed = d.Name != "" && (poetry.PackageMode == nil || *poetry.PackageMode) && (doc.Tool.UV.Package == nil || *doc.Tool.UV.Package)
	if doc.Tool.Poetry == nil && doc.BuildSystem.Backend == "" && len(doc.BuildSystem.Requires) == 0 && doc.Tool.UV.Package == nil {
		d.Installed = false // neither uv nor pip make a package of it by themselves
	}
	for group, points := range doc.Project.EntryPoints {
		d.add(group, points)
	}
	for group, points := range poetry.Plugins {
		d.add(group, points)
	}
	d.add("console_scripts", doc.Project.Scripts)
	d.add("gui_scripts", doc.Project.GUIScripts)
	d.addPoetryScripts(poetry.Scripts)
	d.Roots, d.besideSrc = doc.roots()
	if d.FromGit = doc.versionTool(); d.FromGit != "" {
		d.Version = ""
	}
	d.VersionFiles = doc.versionFiles()
	if attr := doc.Tool.Setuptools.Dynamic.Version.Attr; attr != "" {
		d.VersionName = attr[strings.LastIndex(attr, ".")+1:]
	}
	d.Build = doc.needsBuild() || doc.hasMore(text)
	d.Setuptools = strings.HasPrefix(doc.BuildSystem.Backend, "setuptools") || doc.BuildSystem.Backend == "" && doc.Tool.Poetry == nil
	d.Backend = doc.BuildSystem.Requires
	return d, nil
}

func (d Distribution) add(group string, points map[string]string) {
	if len(points) == 0 {
		return
	}
	if d.EntryPoints[group] == nil {
		d.EntryPoints[group] = map[string]string{}
	}
	maps.Copy(d.EntryPoints[group], points)
}

// addPoetryScripts reads scripts, which may be tables with a reference or a file.
func (d Distribution) addPoetryScripts(scripts map[string]any) {
	for name, value := range scripts {
		switch v := value.(type) {
		case string:
			d.add("console_scripts", map[string]string{name: v})
		case map[string]any:
			reference, _ := v["reference"].(string)
			callable, _ := v["callable"].(string)
			if kind, _ := v["type"].(string); kind == "file" {
				d.Files[name] = reference
			} else if target := First(reference, callable); target != "" {
				d.add("console_scripts", map[string]string{name: target})
			}
		}
	}
}

// needsBuild tells whether the build backend compiles or writes modules.
func (p pyproject) needsBuild() bool {
	if p.Tool.Poetry != nil && p.Tool.Poetry.Build != nil {
		return true
	}
	if v := p.Tool.Hatch.Version; v.Pattern != "" || v.Expression != "" {
		return true
	}
	for _, key := range []string{"version_file", "write_to"} {
		if _, ok := p.Tool.SetuptoolsSCM[key]; ok {
			return true
		}
	}
	return slices.ContainsFunc(p.BuildSystem.Requires, func(requirement string) bool {
		return slices.ContainsFunc(builders, func(b string) bool { return strings.HasPrefix(strings.ToLower(requirement), b) })
	})
}

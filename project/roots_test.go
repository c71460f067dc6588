package project

import (
	"slices"
	"testing"
)

// What is beside src is found where an editable installation finds it, and where only the
// tests' own paths would not: a test must not pass by what the wheel has not.
func TestRootsIn(t *testing.T) {
	const hatch, setuptools, poetry = "[project]\nname = \"My-orders\"\n[build-system]\nbuild-backend = \"hatchling.build\"\n", "[project]\nname = \"My-orders\"\n[build-system]\nbuild-backend = \"setuptools.build_meta\"\n", "[tool.poetry]\nname = \"My-orders\"\n"
	src, flat := []string{"src/", "tests/", "scripts/"}, []string{"src/", "my_orders/"}
	for _, test := range []struct {
		name, text string
		names      []string
		top        bool
	}{
		{"src alone", hatch, src, false},
		{"no src", hatch, []string{"my_orders/"}, true},
		{"the package beside a src", hatch, flat, true},
		{"a module beside a src", hatch, []string{"src/", "my_orders.py"}, true},
		{"hatch's packages in src", hatch + "[tool.hatch.build.targets.wheel]\npackages = [\"src/a\"]\n", src, false},
		{"hatch's packages beside it", hatch + "[tool.hatch.build.targets.wheel]\npackages = [\"src/a\", \"scripts\"]\n", src, true},
		{"src as hatch's package", hatch + "[tool.hatch.build.targets.wheel]\npackages = [\"src\"]\n", src, true},
		{"hatch's files", hatch + "[tool.hatch.build.targets.wheel]\nonly-include = [\"scripts\"]\n", src, true},
		{"setuptools finds in src", setuptools + "[tool.setuptools.packages.find]\nwhere = [\"src\"]\n", src, false},
		{"setuptools finds elsewhere", setuptools + "[tool.setuptools.packages.find]\nwhere = [\".\"]\n", src, true},
		{"setuptools' list", setuptools + "[tool.setuptools]\npackages = [\"scripts\"]\n", src, true},
		{"setuptools' list in src", setuptools + "[tool.setuptools]\npackages = [\"a\"]\npackage-dir = { \"\" = \"src\" }\n", src, false},
		{"setuptools' modules", setuptools + "[tool.setuptools]\npy-modules = [\"run\"]\npackage-dir = { \"\" = \"src\" }\n", src, true},
		{"poetry's packages in src", poetry + "packages = [{ include = \"a\", from = \"src\" }]\n", src, false},
		{"poetry's packages beside it", poetry + "packages = [{ include = \"src\" }]\n", src, true},
		{"no package", "[project]\nname = \"a\"\n", src, true},
		{"one that is built", poetry + "[tool.poetry.build]\nscript = \"build.py\"\n", src, true},
	} {
		d, err := ReadDistribution(test.text)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.RootsIn(test.names); slices.Contains(got, ".") != test.top || !slices.Contains(got, "src") {
			t.Errorf("%s: %q, want the project's own directory %v", test.name, got, test.top)
		}
	}
}

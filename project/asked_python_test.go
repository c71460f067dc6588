package project

import "testing"

func TestPythonAsked(t *testing.T) {
	for _, test := range []struct {
		name, table, requires, text, has, refuses string
	}{
		{"nothing", "", "", "", "3.11.2", ""},
		{"the table", "3.12", "", "", "3.11.2", "tool.pipeline.python ==3.12.*"},
		{"the table's patch", "3.11.9", "", "", "3.11.2", ""},
		{"the table counts more than the file", "3.11", "", "3.12", "3.11.2", ""},
		{"requires", "", ">=3.12", "", "3.11.2", "Pipfile.lock >=3.12"},
		{"requires counts more than the file", "", ">=3.10", "3.12", "3.11.2", ""},
		{"both", "3.11", ">=3.12", "", "3.11.2", "Pipfile.lock >=3.12"},
		{"the file", "", "", "3.12.4\n", "3.11.2", ".python-version ==3.12.*"},
		{"a file of Heroku", "", "", "python-3.12.4\n", "3.12.8", ""},
		{"a file with a range", "", "", ">=3.12\n", "3.11.2", ".python-version >=3.12"},
		{"a file with the name of an environment", "", "", "orders\n", "3.11.2", ""},
		{"a patch", "", "==3.12.4", "", "3.12.8", "Pipfile.lock ==3.12.4"},
		{"a candidate", "", ">=3.14", "", "3.14.0rc1", ""},
		{"no range", "", "three", "", "3.11.2", ""},
	} {
		p := Project{RequiresPython: test.requires, Settings: Settings{Python: test.table}}
		refuses := ""
		for _, asked := range p.PythonAsked("Pipfile.lock", ".python-version", test.text) {
			if !asked.HeldBy(test.has) {
				refuses = asked.Where + " " + asked.Range
			}
		}
		if refuses != test.refuses {
			t.Errorf("%s: %q refuses %s, want %q", test.name, refuses, test.has, test.refuses)
		}
	}
}

// A patch in .python-version is not the image's, and uv would look for no other.
func TestNamesPatch(t *testing.T) {
	for text, want := range map[string]bool{"3.12.4\n": true, "cpython@3.12.4": true, "cpython-3.12.4-linux-x86_64-gnu": true, "orders 3.11.9\n3.12.1": true, "python-3.12.4": true, "3.12": false, "3.12-dev": false, ">=3.12.4": false, "pypy3.10": false, "": false} {
		if NamesPatch(text) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}

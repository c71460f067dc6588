package images

import "testing"

// The outputs are those of the package managers, cut down.
func TestExplainInstalling(t *testing.T) {
	for _, test := range []struct {
		name, output, want string
		explain            func(string) string
	}{
		{"poetry, python too old", "Current Python version (3.11.7) is not allowed by the project (^3.12).\nPlease change python executable via the \"env use\" command.",
			"the image has Python 3.11.7, and the project wants ^3.12: name another image with --python-image, or none", explainPoetry},
		{"uv, python too old", "error: The requested interpreter resolved to Python 3.11.7, which is incompatible with the project's Python requirement: `>=3.12` (from `project.requires-python`)",
			"the image has Python 3.11.7, and the project wants >=3.12: name another image with --python-image, or none", explainUV},
		{"poetry, outdated", "pyproject.toml changed significantly since poetry.lock was last generated. Run `poetry lock` to fix the lock file.",
			"poetry.lock is out of date with pyproject.toml: run `poetry lock` and commit the file", explainPoetry},
		{"uv, outdated", "error: The lockfile at `uv.lock` needs to be updated, but `--locked` was provided. To update the lockfile, run `uv lock`.",
			"uv.lock is out of date with pyproject.toml: run `uv lock` and commit the file", explainUV},
		{"poetry, no login", "401 Client Error: Unauthorized for url: http://packages.example.com:81/simple/private/",
			"the package index refuses the login: http://packages.example.com:81/simple/private/: give its user name and password with --install-secrets", explainPoetry},
		{"poetry, wrong login", "Authorization error accessing https://ci:secret@packages.example.com/simple/private/",
			"the package index refuses the login: https://packages.example.com/simple/private/: give its user name and password with --install-secrets", explainPoetry},
		{"pip, changed package", "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
			"a package of the index is not the one whose hash is in the requirements file: write the file anew, or find out who changed the package", explainPip},
		{"pipenv, an old lock", "Courtesy Notice: ...\nPipfile.lock is out-of-date. Run $ pipenv lock to update.\n",
			"Pipfile.lock is out of date with the Pipfile: run `pipenv lock` and commit the file", explainPip},
		{"no compiler", "error: command 'x86_64-linux-gnu-gcc' failed: No such file or directory",
			"a package has no wheel for this image and needs a compiler (x86_64-linux-gnu-gcc): add it to system-packages in [tool.pipeline]", explainPip},
		{"no pg_config", "Error: pg_config executable not found.",
			"a package has no wheel for this image and needs pg_config to be built: add the system package that brings it to system-packages in [tool.pipeline]", explainPoetry},
		{"anything else", "something broke", "", explainUV},
	} {
		if got := test.explain(test.output); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.name, got, test.want)
		}
	}
}

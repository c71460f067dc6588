package steps

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A project that is no package gives its modules, and not what is beside them.
func TestPackedModules(t *testing.T) {
	dir := tree(t, map[string]string{
		"handler.py": "", "shop/__init__.py": "", "shop/data.json": "{}", "tests/test_it.py": "", "infra/helper.py": "", "Makefile": "", "pyproject.toml": "",
		"conftest.py": "", "static/logo.svg": "", ".hidden/x.py": "",
	})
	told := packing{Dirs: []string{dir}, Roots: []string{filepath.Join(dir, "infra")}, Architecture: "x86_64"}
	archive, refused := packed(t, told)
	if want := []string{"handler.py", "shop/__init__.py", "shop/data.json"}; refused != "" || !slices.Equal(names(t, archive), want) {
		t.Errorf("the archive has %q (%s), want %q", names(t, archive), refused, want)
	}
	told.Files = []string{"static"}
	if archive, _ = packed(t, told); !slices.Contains(names(t, archive), "static/logo.svg") {
		t.Errorf("the archive has %q, and not the file that the table names", names(t, archive))
	}
	told.Files = []string{"statics/*"}
	if _, refused = packed(t, told); !strings.HasPrefix(refused, "there is no statics/* in the project") {
		t.Errorf("refused %q", refused)
	}
}

// Data beside the modules is not packed unasked, and that is said; tests are neither.
func TestPackedWithoutData(t *testing.T) {
	files := map[string]string{"handler.py": "", "test_handler.py": "", "config.json": "{}", "templates/mail.html": "", "requirements-dev.txt": "", "docker-compose.yml": "", "poetry.lock": "", "Dockerfile": "", "README.md": "", "setup.cfg": "", "model.pkl": "", "prompts/system.md": ""}
	archive, said := packed(t, packing{Dirs: []string{tree(t, files)}, Architecture: "x86_64"})
	if got := names(t, archive); !slices.Equal(got, []string{"handler.py"}) {
		t.Errorf("the archive has %q", got)
	}
	if want := "pipeline: note: not in the package: config.json, model.pkl, prompts, templates: where"; !strings.HasPrefix(said, want) {
		t.Errorf("said %q, want %q", said, want)
	}
}

// src is packed as what it is imported as: as a package, by what is in it, or both.
func TestPackedSrc(t *testing.T) {
	for name, test := range map[string]struct {
		files     map[string]string
		handlers  []string
		installed map[string]string
		want      []string
	}{
		"its modules":                     {files: map[string]string{"src/orders/app.py": "import json\n", "tests/test_a.py": "from orders import app\n"}, want: []string{"orders/app.py"}},
		"a package":                       {files: map[string]string{"src/__init__.py": "", "src/app.py": "from src.orders import db\n", "src/orders/db.py": ""}, want: []string{"src/__init__.py", "src/app.py", "src/orders/db.py"}},
		"a package without __init__.py":   {files: map[string]string{"src/app.py": "", "lambda_function.py": "import src.app\n"}, want: []string{"lambda_function.py", "src/app.py"}},
		"what only a test imports":        {files: map[string]string{"src/app.py": "", "tests/test_a.py": "def test_a():\n    from src import app\n"}, want: []string{"src/app.py"}},
		"a handler in it":                 {files: map[string]string{"src/app.py": "import boto3\n"}, handlers: []string{"src.app.main"}, want: []string{"src/app.py"}},
		"a handler with a slash":          {files: map[string]string{"src/app.py": ""}, handlers: []string{"src/app.main"}, want: []string{"src/app.py"}},
		"another's handler":               {files: map[string]string{"src/app.py": ""}, handlers: []string{"src.other.main", "app.main"}, want: []string{"app.py"}},
		"a package, of which nobody says": {files: map[string]string{"src/__init__.py": "", "src/app.py": ""}, want: []string{"__init__.py", "app.py", "src/__init__.py", "src/app.py"}},
		"both":                            {files: map[string]string{"src/app.py": "import util\n", "src/util.py": "", "tests/test_a.py": "from src.app import main\n"}, want: []string{"app.py", "src/app.py", "src/util.py", "util.py"}},
		"what an index has":               {files: map[string]string{"src/app.py": "import src.six, logging, six\n", "src/six.py": "", "src/logging.py": ""}, installed: map[string]string{"six.py": "theirs"}, want: []string{"six.py", "src/app.py", "src/logging.py", "src/six.py"}},
		"what is no Python":               {files: map[string]string{"src/app.py": "from {{ name }} import src\n"}, want: []string{"app.py"}},
	} {
		archive, said := packed(t, packing{Installed: []string{tree(t, test.installed)}, Dirs: []string{tree(t, test.files)}, Handlers: test.handlers, Architecture: "x86_64"})
		if got := names(t, archive); !slices.Equal(got, test.want) || said != "" {
			t.Errorf("%s: the archive has %q (%s), want %q", name, got, said, test.want)
		}
	}
}

// A function in a directory with its requirements, as sam init makes it, is packed by the
// names that its handler and the code have for it.
func TestPackedCode(t *testing.T) {
	for name, test := range map[string]struct {
		files   map[string]string
		code    string
		handler string
		want    []string
	}{
		"sam":      {map[string]string{"hello_world/__init__.py": "", "hello_world/app.py": "", "hello_world/requirements.txt": "", "tests/test_a.py": "from hello_world import app\n"}, "hello_world", "app.lambda_handler", []string{"__init__.py", "app.py", "hello_world/__init__.py", "hello_world/app.py", "hello_world/requirements.txt", "requirements.txt"}},
		"a lambda": {map[string]string{"lambda/main.py": "import util\n", "lambda/util.py": ""}, "lambda", "main.handler", []string{"main.py", "util.py"}},
		"nested":   {map[string]string{"lambda/src/main.py": ""}, "lambda/src", "main.handler", []string{"lambda/src/main.py", "main.py"}},
		"by name":  {map[string]string{"app/main.py": "from app import util\n", "app/util.py": ""}, "app", "app.main.handler", []string{"app/main.py", "app/util.py"}},
	} {
		archive, said := packed(t, packing{Dirs: []string{tree(t, test.files)}, Code: []string{test.code}, Handlers: []string{test.handler}, Architecture: "x86_64"})
		if got := names(t, archive); !slices.Equal(got, test.want) || said != "" {
			t.Errorf("%s: the archive has %q (%s), want %q", name, got, said, test.want)
		}
	}
}

// What is usually not deployed is packed where something that is packed imports it or a
// handler is in it, and else told of where it may well be part of what is deployed.
func TestPackedIsImported(t *testing.T) {
	files := map[string]string{
		"app.py": "from tasks import enqueue\nfrom .docs import x\n", "tasks.py": "import scripts.load as load\n", "scripts/load.py": "", "build/nightly.py": "", "build/__init__.py": "",
		"examples/show.py": "", "docs/conf.py": "import examples\n", "dist/a.txt": "", "tests/test_app.py": "import examples\n", "noxfile.py": "import examples\n",
	}
	told := packing{Dirs: []string{tree(t, files)}, Handlers: []string{"build.nightly.main", "docs.example.com"}, Architecture: "x86_64"}
	archive, said := packed(t, told)
	if got, want := names(t, archive), []string{"app.py", "build/__init__.py", "build/nightly.py", "scripts/load.py", "tasks.py"}; !slices.Equal(got, want) {
		t.Errorf("the archive has %q, want %q", got, want)
	}
	if want := "pipeline: note: not in the package: examples: nothing that is packed imports them"; !strings.HasPrefix(said, want) || strings.Contains(said, "tests") {
		t.Errorf("said %q, want %q", said, want)
	}
	told.Installed = []string{tree(t, map[string]string{"scripts/__init__.py": "of an index"})}
	if archive, _ = packed(t, told); slices.Contains(names(t, archive), "scripts/load.py") {
		t.Error("what an index has under the same name is not what is imported")
	}
}

// A handler that is in the project and not in what its build backend makes of it is told of.
func TestPackedHandler(t *testing.T) {
	dir := tree(t, map[string]string{"src/orders/main.py": "", "other.py": ""})
	told := packing{Dirs: []string{dir}, Files: []string{"other.py"}, Handlers: []string{"orders.main.run", "other.run", "else.where.run"}, Architecture: "x86_64"}
	if _, said := packed(t, told); said != "" {
		t.Errorf("said %q of handlers that are there", said)
	}
	wheel := tree(t, map[string]string{"orders/main.py": ""})
	t.Chdir(dir)
	told.Dirs, told.Installed, told.Handlers = nil, []string{wheel}, []string{"src.orders.main.run", "orders.main.run", "other.run"}
	_, said := packed(t, told)
	if want := `pipeline: note: the package has no src/orders/main.py, and Terraform names "src.orders.main.run":`; !strings.HasPrefix(said, want) || strings.Count(said, "note:") != 1 {
		t.Errorf("said %q, want %q", said, want)
	}
}

// A link in what is packed that leads to nothing is refused, with what to do.
func TestPackedLink(t *testing.T) {
	dir := tree(t, map[string]string{"svc/app.py": "", "svc/shop/__init__.py": "", "libs/there/__init__.py": ""})
	for name, to := range map[string]string{"svc/there": "../libs/there", "svc/shop/common": "../../libs/common"} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	told := packing{Dirs: []string{filepath.Join(dir, "svc")}, Architecture: "x86_64"}
	_, refused := packed(t, told)
	if want := `shop/common is a link to ../libs/common, which the package does not have: name that path in [tool.pipeline.test], as in variables = { PYTHONPATH = "../libs/common" }`; refused != want {
		t.Errorf("refused %q, want %q", refused, want)
	}
	if err := os.Remove(filepath.Join(dir, "svc/shop/common")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../libs/more", filepath.Join(dir, "svc/more")); err != nil {
		t.Fatal(err)
	}
	archive, said := packed(t, told)
	if got, want := names(t, archive), []string{"app.py", "shop/__init__.py", "there/__init__.py"}; !slices.Equal(got, want) || !strings.HasPrefix(said, "pipeline: note: not in the package: more:") {
		t.Errorf("the archive has %q (%s), want %q", got, said, want)
	}
	if err := os.WriteFile(filepath.Join(dir, "svc/app.py"), []byte("from more import x\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, refused = packed(t, told); !strings.HasPrefix(refused, "more is a link to ../libs/more, which the package does not have: name that path") {
		t.Errorf("refused %q", refused)
	}
}

// What stands for a file that Git LFS has not fetched is not the file.
func TestPackedPointer(t *testing.T) {
	const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n"
	_, refused := packed(t, packing{Dirs: []string{tree(t, map[string]string{"app.py": "", "shop/model.bin": pointer, "shop/__init__.py": "", "tests/x.bin": pointer})}, Architecture: "x86_64"})
	if want := "shop/model.bin is a pointer of Git LFS, and not the file: have it fetched"; !strings.HasPrefix(refused, want) {
		t.Errorf("refused %q, want %q", refused, want)
	}
}

package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func dotenvOf(t *testing.T, env map[string]string, text, prefix string) *dotenv {
	t.Helper()
	path := filepath.Join(t.TempDir(), ".env")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	d := newDotenv(func(name string) (string, bool) { v, ok := env[name]; return v, ok })
	if err := d.read(path, prefix); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDotenvValues(t *testing.T) {
	env := map[string]string{"HOME": "/root", "EMPTY": "", "GREETING": "hi"}
	for _, tc := range []struct{ name, text, want string }{
		{"plain", "x=eu-west-1", "eu-west-1"},
		{"another case", "X=a", "a"},
		{"export", "export x=a", "a"},
		{"spaces stay", "x=a   b c", "a   b c"},
		{"comment is text", "x=a # b", "a # b"},
		{"comment line", "# x=b\nx=a", "a"},
		{"indented", "  x=a  \n", "a"},
		{"empty", "x=", ""},
		{"equals sign", "x=a=b", "a=b"},
		{"no value", "x", ""},
		{"last wins", "x=a\nx=b", "b"},
		{"double quotes", `x="a  b"`, "a  b"},
		{"single quotes", `x='a $HOME'`, "a $HOME"},
		{"json", `x='{"a": "b"}'`, `{"a": "b"}`},
		{"escape", `x=a\ b`, "a b"},
		{"process variable", "x=${HOME}/src", "/root/src"},
		{"in quotes", `x="my image $HOME"`, "my image /root"},
		{"own variable", "x=$y-z\ny=b", "b-z"},
		{"own wins", "x=$GREETING\nGREETING=own", "own"},
		{"through two", "x=$y\ny=$z\nz=c", "c"},
		{"default", "x=${NOPE:-d}", "d"},
		{"dollar alone", "x=a$", "a$"},
		{"dollar and digit", "x=$1.50", "$1.50"},
		{"quoted words", `x=a "b c"`, "a b c"},
		{"crlf", "x=a\r\ny=b\r\n", "a"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, ok, err := dotenvOf(t, env, tc.text, "").find("x")
			if err != nil || !ok || got != tc.want {
				t.Errorf("got %q, %v, %v, want %q", got, ok, err, tc.want)
			}
		})
	}
}

func TestDotenvErrors(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"unset", "x=$NOPE", "reading user defaults: x: NOPE: unbound variable: set it, or write ${NAME:-default}"},
		{"circle", "x=$y\ny=$x", "refers to itself"},
		{"quote", `x="a`, "value is not valid: quote it"},
		{"command", "x=a`b", "value is not valid: quote it"},
		{"command substitution", "x=$(echo a)", "unexpected command substitution"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, _, err := dotenvOf(t, nil, tc.text, "").find("x")
			if err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}

func TestDotenvPrefixes(t *testing.T) {
	text := "PIPELINE_REGION=r\npipeline_pythonImage=p\nPIPELINE_DEPLOY_environment=$COMMON\nPipeline_Build_Package_x=1\nCOMMON=c\nREGION=other\n"
	d := dotenvOf(t, nil, text, "pipeline")
	for name, want := range map[string]string{"region": "r", "pythonImage": "p"} {
		if got, ok, err := d.find(name); !ok || err != nil || got != want {
			t.Errorf("%s = %q, %v, %v, want %q", name, got, ok, err, want)
		}
	}
	if _, ok, _ := d.find("common"); ok {
		t.Error("a variable without the prefix is a default")
	}
	if got, ok, err := d.of("Deploy").find("environment"); !ok || err != nil || got != "c" {
		t.Errorf("deploy's environment = %q, %v, %v", got, ok, err)
	}
	if got, ok, _ := d.of("BuildPackage").find("x"); !ok || got != "1" {
		t.Errorf("build-package's x = %q, %v", got, ok)
	}
	if _, ok, _ := d.of("Test").find("environment"); ok {
		t.Error("another function's default was found")
	}
}

// TestDotenvPlaces checks which file wins.
func TestDotenvPlaces(t *testing.T) {
	for _, tc := range []struct {
		name  string
		files map[string]string // relative to the repository
		dir   string
		args  string
		want  string
	}{
		{"beside the module", map[string]string{"mod/.env": "region=inner"}, "mod", "", "inner"},
		{"from elsewhere", map[string]string{"mod/.env": "region=inner"}, "", "", "inner"},
		{"above", map[string]string{".env": "PIPELINE_REGION=outer"}, "mod", "", "outer"},
		{"above without the prefix", map[string]string{".env": "region=outer"}, "mod", "", "eu-west-1"},
		{"above wins", map[string]string{"mod/.env": "region=inner", ".env": "PIPELINE_region=outer"}, "", "", "outer"},
		{"nearest alone", map[string]string{"a/.env": "X=1", ".env": "PIPELINE_REGION=outer"}, "a", "", "eu-west-1"},
		{"prefix beside the module", map[string]string{"mod/.env": "pipeline_region=p\nregion=z"}, "mod", "", "p"},
		{"flag wins", map[string]string{"mod/.env": "region=inner"}, "mod", "--region flag", "flag"},
		{"directory", map[string]string{".env/x": "", "mod/.env": "region=inner"}, "", "", "inner"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t)
			top := t.TempDir()
			w.ModuleDir = filepath.Join(top, "mod")
			if err := os.CopyFS(w.ModuleDir, os.DirFS(fixture)); err != nil {
				t.Fatal(err)
			}
			for name, text := range tc.files {
				path := filepath.Join(top, name)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			w.Dir = filepath.Join(top, tc.dir)
			args := append(append([]string{"call"}, strings.Fields(tc.args)...), "region")
			if code := w.run(args...); code != 0 || w.out.String() != tc.want {
				t.Errorf("exit code %d, output %q, want %q: %s", code, w.out.String(), tc.want, &w.err)
			}
		})
	}
}

// TestDotenvNamesThatAreNoArgument: a name that is not read may be a guard that
// somebody relies on.
func TestDotenvNamesThatAreNoArgument(t *testing.T) {
	for _, tc := range []struct{ name, want string }{
		{"PIPELINE_PYTHON_IMAGE", "did you mean PIPELINE_pythonImage?"},
		{"pipeline_aws_access_key_id", "did you mean pipeline_awsAccessKeyId?"},
		{"PIPELINE_regoin", "did you mean PIPELINE_region?"},
		{"PIPELINE_deploy_dry_run", "did you mean PIPELINE_deploy_dryRun?"},
		{"PIPELINE_DEPLOY_ENVIROMENT", "did you mean PIPELINE_deploy_environment?"},
		{"PIPELINE_environment", "write PIPELINE_argumentName, or PIPELINE_functionName_argumentName"},
		{"PIPELINE_", "write PIPELINE_argumentName"},
		{"PIPELINE_region", ""},
		{"PIPELINE_REGION", ""},
		{"export PIPELINE_Deploy_DRYRUN", ""},
		{"PIPELINE_build_package_x", "not an argument of the module"},
		{"# PIPELINE_nothing", ""},
		{"PIPELINES", ""},
	} {
		w := newWorld(t)
		path := filepath.Join(w.Dir, ".env")
		if err := os.WriteFile(path, []byte("OTHER=1\n"+tc.name+"=true\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		code := w.run("call", "-q", "test")
		said := w.err.String()
		if tc.want == "" && (code != 0 || said != "") {
			t.Errorf("%s: exit code %d: %s", tc.name, code, said)
		}
		if tc.want != "" && (code != 1 || !strings.HasPrefix(said, "Error: reading \""+path+"\": "+tc.name+" is not an argument") ||
			!strings.Contains(said, tc.want) || len(w.session.queries) > 0) {
			t.Errorf("%s: exit code %d: %s", tc.name, code, said)
		}
	}
}

// TestUserDefaultsWithUnderscores: beside the module there is no prefix to tell
// what is meant for it.
func TestUserDefaultsWithUnderscores(t *testing.T) {
	w := newWorld(t)
	w.ModuleDir = t.TempDir()
	if err := os.CopyFS(w.ModuleDir, os.DirFS(fixture)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(w.ModuleDir, ".env"), []byte("PYTHON_IMAGE=x\nRE_MARK=y\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	want := "user default: PYTHON_IMAGE is not read: the argument is pythonImage, without underscores\n"
	if code := w.run("call", "test"); code != 0 || w.err.String() != want {
		t.Errorf("exit code %d: %s", code, &w.err)
	}
}

func TestUserDefaultsOfAFunction(t *testing.T) {
	w := newWorld(t)
	env := "PIPELINE_DEPLOY_ENVIRONMENT=prod\nPIPELINE_deploy_attempts=7\nPIPELINE_DEPLOY_DRYRUN=true\nPIPELINE_DEPLOY_TARGETS=a,b\n" +
		"PIPELINE_AWSACCESSKEYID=plainsecret\n"
	if err := os.WriteFile(filepath.Join(w.Dir, ".env"), []byte(env), 0o644); err != nil {
		t.Fatal(err)
	}
	w.env["plainsecret"] = "v"
	if code := w.run("call", "deploy"); code != 0 || w.out.String() != "prod [a b] 7 true SHORT" {
		t.Errorf("exit code %d, output %q: %s", code, w.out.String(), &w.err)
	}
	if got := w.err.String(); !strings.Contains(got, `user default: pipeline.deploy(environment="prod")`) ||
		!strings.Contains(got, `user default: pipeline(awsAccessKeyId="*****")`) || strings.Contains(got, "plainsecret") {
		t.Errorf("notes are\n%s", got)
	}
	if code := w.run("call", "-q", "deploy", "--environment", "staging", "--targets", "c"); code != 0 ||
		w.out.String() != "staging [c] 7 true SHORT" || w.err.Len() > 0 {
		t.Errorf("exit code %d, output %q: %s", code, w.out.String(), &w.err)
	}
	if err := os.WriteFile(filepath.Join(w.Dir, ".env"), []byte("PIPELINE_DEPLOY_ATTEMPTS=many\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	want := "Error: reading user defaults: argument \"attempts\" of pipeline.deploy: \"many\" is not a valid integer\n"
	if code := w.run("call", "deploy", "--environment", "e"); code != 1 || w.err.String() != want {
		t.Errorf("exit code %d: %s", code, &w.err)
	}
}

// TestListsOfUserDefaultsAreReadOnce: a file's quotes are the shell's; what is
// within them is no CSV.
func TestListsOfUserDefaultsAreReadOnce(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{`a,b`, "[a b]"},
		{`"a,b"`, "[a b]"},
		{`'module.x["k"],b'`, `[module.x["k"] b]`},
		{`'"a'`, `["a]`},
		{`""`, "[]"}, // one empty value
	} {
		w := newWorld(t)
		env := "PIPELINE_deploy_environment=prod\nPIPELINE_deploy_targets=" + tc.text + "\n"
		if err := os.WriteFile(filepath.Join(w.Dir, ".env"), []byte(env), 0o644); err != nil {
			t.Fatal(err)
		}
		if code := w.run("call", "-q", "deploy"); code != 0 || w.out.String() != "prod "+tc.want+" 3 false SHORT" {
			t.Errorf("%s: exit code %d, output %q: %s", tc.text, code, w.out.String(), &w.err)
		}
		if code := w.run("call", "-q", "deploy", "--targets", `"c,d",e`); code != 0 || w.out.String() != "prod [c,d e] 3 false SHORT" {
			t.Errorf("flag: exit code %d, output %q: %s", code, w.out.String(), &w.err)
		}
	}
}

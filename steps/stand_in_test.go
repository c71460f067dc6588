package steps

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A root module that reads an archive which only a build makes is valid without it. One that
// reads any other missing file is not.
func TestValidateWithoutBuild(t *testing.T) {
	terraform, err := exec.LookPath("terraform")
	if err != nil {
		t.Skip("terraform is not on PATH")
	}
	scripts, err := filepath.Abs("scripts")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		text  string
		valid bool
	}{
		{"locals { h = filesha256(\"${path.module}/../dist/api.zip\") }\noutput \"m\" { value = filemd5(\"../build/b.zip\") }\n", true},
		{`locals { h = templatefile("${path.module}/../templtes/x.tpl", {}) }`, false},
		{`locals { h = filesha256("${path.module}/../dist/api.zip"), x = var.none }`, false},
		{"resource \"terraform_data\" \"LoginSuccess\" { metric = \"x\" }\n", false}, // terraform's error has the name in it
	} {
		dir := filepath.Join(t.TempDir(), "infra")
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(tt.text), 0o644); err != nil {
			t.Fatal(err)
		}
		bin := t.TempDir()
		for _, name := range []string{"validate.sh", "stand-in.sh"} {
			text, err := os.ReadFile(filepath.Join(scripts, name))
			if err == nil {
				err = os.WriteFile(filepath.Join(bin, name), text, 0o755)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		c := exec.Command(filepath.Join(bin, "validate.sh"))
		c.Dir, c.Env = dir, append(os.Environ(), "PATH="+bin+":"+filepath.Dir(terraform)+":"+os.Getenv("PATH"))
		out, err := c.CombinedOutput()
		if (err == nil) != tt.valid || tt.valid && !strings.Contains(string(out), "../dist/api.zip is not built here") {
			t.Errorf("%s: %v\n%s", tt.text, err, out)
		}
	}
}

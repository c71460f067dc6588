package rootmodule

import (
	"fmt"
	"testing"
)

func TestUnfound(t *testing.T) {
	for name, test := range map[string]struct {
		files []string
		want  string
	}{
		"a directory of a build": {[]string{"infra/main.tf", `locals { a = fileset("${path.module}/../web/dist", "**") }`}, "[{web/dist infra/main.tf line 1}]"},
		"one that is there":      {[]string{"infra/main.tf", `locals { a = fileset("${path.module}/../web", "**") }`, "web/index.html", ""}, "[]"},
		"in the pattern":         {[]string{"infra/main.tf", `locals { a = fileset(path.module, "web/dist/*.{js,css}") }`}, "[{infra/web/dist infra/main.tf line 1}]"},
		"by a local":             {[]string{"infra/main.tf", `locals { a = fileset(local.dist, "**") }`, "infra/x.tf", `locals { dist = "../dist" }`}, "[{dist infra/main.tf line 1}]"},
		"in a module":            {[]string{"infra/main.tf", `module "m" { source = "../m" }`, "m/main.tf", `locals { a = fileset("${path.module}/files", "*") }`}, "[{m/files m/main.tf line 1}]"},
		"what nobody can tell":   {[]string{"infra/main.tf", `locals { a = fileset(var.dir, "**") }`}, "[]"},
		"outside of the source":  {[]string{"infra/main.tf", `locals { a = fileset("../../x", "**") }`}, "[]"},
		"in JSON":                {[]string{"infra/main.tf.json", `{"locals": {"a": "${fileset(\"../dist\", \"**\")}"}}`}, "[{dist infra/main.tf.json line 1}]"},
	} {
		if got := fmt.Sprint(readRoot(t, "infra", test.files...).Unfound); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}

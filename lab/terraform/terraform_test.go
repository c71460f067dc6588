package terraform

import (
	"os"
	"path/filepath"
	"testing"
)

// machine lays files below a root and gives an environment; $ROOT in either stands for the root.
func machine(t *testing.T, files map[string]string, env map[string]string) (Machine, string) {
	t.Helper()
	root := t.TempDir()
	expand := func(s string) string {
		return os.Expand(s, func(name string) string {
			if name == "ROOT" {
				return root
			}
			return "$" + name
		})
	}
	for path, content := range files {
		path = filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(expand(content)), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return Machine{func(name string) (string, bool) {
		value, ok := env[name]
		return expand(value), ok
	}, root}, root
}

const (
	unpacked = "/registry.terraform.io/hashicorp/aws/5.1.0/linux_amd64/terraform-provider-aws_v5.1.0_x5"
	packed   = "/registry.terraform.io/hashicorp/aws/terraform-provider-aws_5.1.0_linux_amd64.zip"
	random   = "/registry.terraform.io/hashicorp/random/3.1.0/linux_amd64/terraform-provider-random_v3.1.0_x5"
)

func TestMirror(t *testing.T) {
	home := map[string]string{"HOME": "$ROOT/home"}
	config := func(path string) string {
		return "provider_installation {\n  filesystem_mirror {\n    path    = \"" + path + "\"\n    include = [\"*/*\"]\n  }\n  direct {}\n}\n"
	}
	for _, c := range []struct {
		name  string
		files map[string]string
		env   map[string]string
		want  string // below the root; "" for none
		fails bool
	}{
		{"nothing", nil, home, "", false},
		{"no home", nil, nil, "", false},
		{"below /opt", map[string]string{"opt/any" + unpacked: ""}, home, "opt/any", false},
		{"/opt itself", map[string]string{"opt" + unpacked: ""}, home, "opt", false},
		{"packed", map[string]string{"opt/any" + packed: ""}, home, "opt/any", false},
		{"another provider only", map[string]string{"opt/any" + random: ""}, home, "", false},
		{"too deep", map[string]string{"opt/a/b" + unpacked: ""}, home, "", false},
		{"home", map[string]string{"home/.terraform.d/plugins" + unpacked: ""}, home, "home/.terraform.d/plugins", false},
		{"xdg data home by default", map[string]string{"home/.local/share/terraform/plugins" + unpacked: ""}, home, "home/.local/share/terraform/plugins", false},
		{"xdg data home", map[string]string{"data/terraform/plugins" + unpacked: ""}, map[string]string{"XDG_DATA_HOME": "$ROOT/data"}, "data/terraform/plugins", false},
		{"xdg data dirs", map[string]string{"b/terraform/plugins" + unpacked: ""}, map[string]string{"XDG_DATA_DIRS": "$ROOT/a:$ROOT/b"}, "b/terraform/plugins", false},
		{"local share", map[string]string{"usr/local/share/terraform/plugins" + unpacked: ""}, home, "usr/local/share/terraform/plugins", false},
		{"share, any name", map[string]string{"usr/share/terraform/providers" + unpacked: ""}, home, "usr/share/terraform/providers", false},
		{"configuration in home", map[string]string{"home/.terraformrc": config("$ROOT/m"), "m" + unpacked: ""}, home, "m", false},
		{"configuration by variable", map[string]string{"rc": config("$ROOT/m"), "m" + unpacked: ""}, map[string]string{"TF_CLI_CONFIG_FILE": "$ROOT/rc"}, "m", false},
		{"configuration is missing", map[string]string{"opt/any" + unpacked: ""}, map[string]string{"TF_CLI_CONFIG_FILE": "$ROOT/rc"}, "opt/any", false},
		{"configured mirror is empty", map[string]string{"home/.terraformrc": config("$ROOT/m"), "opt/any" + unpacked: ""}, home, "opt/any", false},
		{"configuration before /opt", map[string]string{"home/.terraformrc": config("$ROOT/m"), "m" + unpacked: "", "opt/any" + unpacked: ""}, home, "m", false},
		{"override", map[string]string{"mine" + unpacked: "", "opt/any" + unpacked: ""}, map[string]string{"LAB_PROVIDER_MIRROR": "$ROOT/mine"}, "mine", false},
		{"override by none", map[string]string{"opt/any" + unpacked: ""}, map[string]string{"LAB_PROVIDER_MIRROR": ""}, "", false},
		{"override without provider", map[string]string{"mine" + random: "", "opt/any" + unpacked: ""}, map[string]string{"LAB_PROVIDER_MIRROR": "$ROOT/mine"}, "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, root := machine(t, c.files, c.env)
			got, err := m.Mirror()
			if (err != nil) != c.fails {
				t.Fatalf("error %v", err)
			}
			want := c.want
			if want != "" {
				want = filepath.Join(root, want)
			}
			if got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestBinary(t *testing.T) {
	const elf, script = "\x7fELF...", "#!/bin/sh\nexec terraform-1.11\n"
	path := map[string]string{"PATH": "$ROOT/a:$ROOT/b"}
	for _, c := range []struct {
		name  string
		files map[string]string
		env   map[string]string
		want  string
		fails bool
	}{
		{"none", nil, path, "", false},
		{"first on PATH", map[string]string{"a/terraform": elf, "b/terraform": elf}, path, "a/terraform", false},
		{"a script is passed over", map[string]string{"a/terraform": script, "b/terraform": elf}, path, "b/terraform", false},
		{"override", map[string]string{"a/terraform": elf, "mine": elf}, map[string]string{"PATH": "$ROOT/a", "LAB_TERRAFORM": "$ROOT/mine"}, "mine", false},
		{"override by none", map[string]string{"a/terraform": elf}, map[string]string{"PATH": "$ROOT/a", "LAB_TERRAFORM": ""}, "", false},
		{"override is missing", nil, map[string]string{"LAB_TERRAFORM": "$ROOT/mine"}, "", true},
		{"override is a script", map[string]string{"mine": script}, map[string]string{"LAB_TERRAFORM": "$ROOT/mine"}, "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, root := machine(t, c.files, c.env)
			got, err := m.Binary()
			if (err != nil) != c.fails {
				t.Fatalf("error %v", err)
			}
			want := c.want
			if want != "" {
				want = filepath.Join(root, want)
			}
			if got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

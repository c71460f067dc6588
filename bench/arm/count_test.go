package arm

import "testing"

func TestBuilds(t *testing.T) {
	for name, want := range map[string]bool{
		"python3 -I /opt/pipeline/run.py test":     false,
		"terraform init -no-color -reconfigure":    false,
		"make-plan.sh /run/plan /plan plan.age":    false,
		"apply.sh apply -no-color -auto-approve":   false,
		"python3 -m venv /opt/venv":                true,
		"sh -c ... install-dependencies":           true,
		"terraform-provider-x":                     true,
		"sh -c ... install-tools make=make=make ":  true,
		"sh -c ... install-terraform 1.11.4 12 34": true,
	} {
		if got := builds(name); got != want {
			t.Errorf("%q builds a container: %v, want %v", name, got, want)
		}
	}
}

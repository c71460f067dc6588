package python

import "testing"

// Of the example with two services and a library, an edit runs the tests of those that it
// touches, and installs no third-party package again.
func TestRepository(t *testing.T) {
	p := world.Repository(t)
	services := map[string]string{"orders": "2 tests passed", "invoices": "1 test passed"}
	for service, want := range services {
		passes(t, p, want, "--project", "services/"+service)
	}
	for _, test := range []struct {
		name, file, text string
		runs             map[string]bool
	}{
		{"the library", "libs/money/src/money/__init__.py", "\n# edited\n", map[string]bool{"orders": true, "invoices": true}},
		{"one service", "services/orders/src/orders/__init__.py", "\n# edited\n", map[string]bool{"orders": true}},
		{"documents and Terraform", "README.md", "edited\n", nil},
	} {
		p.Append(test.file, test.text)
		if test.runs == nil {
			for _, file := range []string{"infra/orders/main.tf", "infra/invoices/main.tf", "modules/function/main.tf"} {
				p.Append(file, "# edited\n")
			}
		}
		for service, want := range services {
			r := passes(t, p, want, "--project", "services/"+service)
			if world.Engine.Name() != "embedded" {
				continue
			}
			if tested(r) != test.runs[service] {
				t.Errorf("an edit of %s ran the tests of %s: %v: %q", test.name, service, tested(r), r.Ran())
			}
			if installed(r) {
				t.Errorf("an edit of %s installed packages of %s again: %q", test.name, service, r.Ran())
			}
		}
	}
}

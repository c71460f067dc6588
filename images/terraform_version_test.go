package images

import "testing"

func TestNamedVersion(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{".terraform-version", "1.9.8\n", "1.9.8"},
		{".terraform-version", "# ours\nv1.10.0-rc1\n", "1.10.0-rc1"},
		{".terraform-version", "\n", ""},
		{".tool-versions", "python 3.12.1\nterraform 1.8.0 # old\n", "1.8.0"},
		{".tool-versions", "python 3.12.1\n", ""},
	} {
		if got, err := namedVersion(test.name, test.text); err != nil || got != test.want {
			t.Errorf("%s %q: %q, %v, want %q", test.name, test.text, got, err, test.want)
		}
	}
	for _, text := range []string{"latest", "latest:^1.9", "min-required", "1.9", "1.9.8;id"} {
		if got, err := namedVersion(".terraform-version", text); err == nil {
			t.Errorf("%q is taken for version %q", text, got)
		}
	}
}

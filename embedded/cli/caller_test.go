package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// put makes directories (a name with a slash at its end) and files below a new directory
// that only the caller may write to, each with a mode and an owner.
type put struct {
	name  string
	mode  os.FileMode
	owner int
}

const (
	eve    = 4711
	nobody = "no environment"
)

// A .env can name commands (cmd://), so what others may have put somewhere above the
// working directory does not speak for the caller.
func TestDotenvOfOthers(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can make files of another user")
	}
	for name, tc := range map[string]struct {
		there []put
		at    string
		sudo  string
		want  string // what its value says, or a part of the error
		note  string
	}{
		"in the working directory":          {[]put{{"p/.env", 0o644, 0}}, "p", "", "ours", ""},
		"above it":                          {[]put{{"p/.env", 0o644, 0}, {"p/a/b/", 0o755, 0}}, "p/a/b", "", "ours", ""},
		"at the root of its repository":     {[]put{{".env", 0o644, 0}, {"p/.git/", 0o755, 0}, {"p/.env", 0o644, 0}, {"p/a/", 0o755, 0}}, "p/a", "", "ours", ""},
		"above the repository":              {[]put{{".env", 0o644, 0}, {"p/.git/", 0o755, 0}, {"p/a/", 0o755, 0}}, "p/a", "", nobody, "is not read: it is above the repository"},
		"above a worktree":                  {[]put{{".env", 0o644, 0}, {"p/.git", 0o644, 0}}, "p", "", nobody, "is not read: it is above the repository"},
		"in a directory of all, hers":       {[]put{{"tmp/", 0o777 | os.ModeSticky, 0}, {"tmp/.env", 0o644, eve}, {"tmp/p/", 0o755, 0}}, "tmp/p", "", nobody, "is not read: others may write to "},
		"above a directory of all":          {[]put{{".env", 0o644, 0}, {"tmp/", 0o777 | os.ModeSticky, 0}, {"tmp/p/", 0o755, 0}}, "tmp/p", "", nobody, "is not read: others may write to "},
		"with a repository of hers":         {[]put{{"tmp/", 0o777 | os.ModeSticky, 0}, {"tmp/.git/", 0o755, eve}, {"tmp/.env", 0o644, eve}, {"tmp/p/", 0o755, 0}}, "tmp/p", "", nobody, "is not read: others may write to "},
		"in a directory of hers":            {[]put{{"e/", 0o755, eve}, {"e/.env", 0o644, 0}, {"e/p/", 0o755, 0}}, "e/p", "", nobody, "is not read: others may write to "},
		"hers, in the working directory":    {[]put{{"p/.env", 0o644, eve}}, "p", "", "belongs to uid 4711, whose commands (cmd://) root would run: chown it, or ", ""},
		"hers, by sudo":                     {[]put{{"p/.env", 0o644, eve}}, "p", "4711", "ours", ""},
		"another's, by sudo":                {[]put{{"p/.env", 0o644, eve}}, "p", "4712", "belongs to uid 4711", ""},
		"hers, behind a link":               {[]put{{"x", 0o644, eve}, {"p/.env->../x", 0, 0}}, "p", "", "belongs to uid 4711", ""},
		"open to others":                    {[]put{{"p/.env", 0o666, 0}}, "p", "", "mode 0666 lets others write to", ""},
		"open to its owner's group":         {[]put{{"p/.env", 0o664, 0}}, "p", "", "ours", ""},
		"open to another group, by sudo":    {[]put{{"p/.env", 0o664, eve}}, "p", "4711", "mode 0664 lets others write to", ""},
		"in a checkout that is open to all": {[]put{{"p/", 0o777, 0}, {"p/.git/", 0o777, 0}, {"p/.env", 0o666, 0}, {"p/a/", 0o777, 0}}, "p/a", "", "ours", ""},
		"open to others, in a sticky one":   {[]put{{"p/", 0o777 | os.ModeSticky, 0}, {"p/.env", 0o666, 0}}, "p", "", "mode 0666 lets others write to", ""},
		"a directory of that name":          {[]put{{".env", 0o644, 0}, {"p/.env/", 0o755, 0}}, "p", "", nobody, ""},
		"none":                              {[]put{{"p/", 0o755, 0}}, "p", "", nobody, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w, base := newWorld(t), t.TempDir()
			for _, p := range tc.there {
				p.in(t, base)
			}
			if w.Dir = filepath.Join(base, tc.at); tc.sudo != "" {
				w.env["SUDO_UID"] = tc.sudo
			}
			code := w.run("call", "deploy")
			got := w.out.String() + w.err.String()
			switch {
			case tc.want == nobody && (code == 0 || strings.Contains(got, "ours")):
				t.Errorf("a .env was read: exit code %d: %s", code, got)
			case tc.want != nobody && !strings.Contains(got, tc.want):
				t.Errorf("exit code %d: %s, want %q", code, got, tc.want)
			case strings.Contains(tc.want, "uid") && code == 0:
				t.Errorf("nothing was refused: %s", got)
			}
			// Required arguments are missing where nothing was read: the notes are of a call that runs.
			if code := w.run("call", "deploy", "--environment", "given"); tc.note != "" && (code != 0 || !strings.Contains(w.err.String(), tc.note)) || tc.note == "" && strings.Contains(w.err.String(), "is not read") {
				t.Errorf("exit code %d: %s, want the note %q", code, &w.err, tc.note)
			}
		})
	}
}

func (p put) in(t *testing.T, base string) {
	t.Helper()
	name, target, link := strings.Cut(p.name, "->")
	path := filepath.Join(base, name)
	err := os.MkdirAll(filepath.Dir(path), 0o755)
	switch {
	case err != nil:
	case link:
		err = os.Symlink(target, path)
	case strings.HasSuffix(name, "/"):
		err = os.MkdirAll(path, 0o755)
	default:
		err = os.WriteFile(path, []byte("PIPELINE_DEPLOY_ENVIRONMENT=ours\n"), 0o600)
	}
	if err == nil && !link {
		if err = os.Chown(path, p.owner, 0); err == nil {
			err = os.Chmod(path, p.mode)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

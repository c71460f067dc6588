package python

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"dagger/pipeline/tests/harness"
)

// The lock file's hash decides what is installed, for each package manager: an index
// that serves other bytes for the same version, and says their hash, is refused.
// What it served before is installed, so that it is the hash that refuses.
func TestLockDecides(t *testing.T) {
	for name, with := range map[string]struct {
		project       func(*index, *testing.T) *harness.Project
		lock, secrets string
		says          string
	}{
		"poetry": {(*index).poetry, "poetry.lock", "POETRY_HTTP_BASIC_CORP_USERNAME=ci\nPOETRY_HTTP_BASIC_CORP_PASSWORD={password}\n", "serves other bytes for private"},
		"uv":     {(*index).uv, "uv.lock", "UV_INDEX_CORP_USERNAME=ci\nUV_INDEX_CORP_PASSWORD={password}\n", "serves other bytes for private"},
		"pip":    {(*index).pip, "requirements.txt", "PIP_INDEX_URL={index}\nPIP_TRUSTED_HOST={host}\n", "is not the one whose hash is in the requirements file"},
		"pylock": {(*index).pylock, "pylock.toml", "NETRC=machine {host} login ci password {password}\n", "serves other bytes for private"},
	} {
		t.Run(name, func(t *testing.T) {
			i := startIndex(t)
			at, err := url.Parse(i.URL + "/simple/")
			if err != nil {
				t.Fatal(err)
			}
			at.User = url.UserPassword("ci", i.password)
			p := with.project(i, t)
			test := p.Call("--install-secrets", "env://INSTALL", "test").
				With("INSTALL=" + strings.NewReplacer("{password}", i.password, "{index}", at.String(), "{host}", at.Hostname()).Replace(with.secrets))
			world.Succeed(t, test)
			i.served = wheel(t)
			p.Append(with.lock, "# installed again\n")
			if name == "pip" { // which gets a requirements file without its comments
				p.Write("requirements-test.txt", p.Read(with.lock))
			}
			if r := world.Run(t, test); r.Code == 0 || !strings.Contains(r.Stderr, with.says) {
				t.Errorf("what the lock file does not name: exit code %d, want %q:\n%s", r.Code, with.says, r.Stderr)
			}
		})
	}
}

// pip is a project whose requirements file has the hash.
func (i *index) pip(t *testing.T) *harness.Project {
	p := i.plain(t)
	p.Write("requirements.txt", "private==0.1.0 --hash=sha256:"+i.sum()+"\n")
	return p
}

// pylock is one with a pylock.toml.
func (i *index) pylock(t *testing.T) *harness.Project {
	p := i.plain(t)
	p.Write("pylock.toml", fmt.Sprintf("lock-version = \"1.0\"\ncreated-by = \"test\"\n\n[[packages]]\nname = \"private\"\nversion = \"0.1.0\"\nwheels = [{ url = %q, hashes = { sha256 = %q } }]\n",
		i.URL+"/files/"+wheelName, i.sum()))
	return p
}

func (i *index) plain(t *testing.T) *harness.Project {
	p := world.Empty(t)
	p.Write("Makefile", "test:\n\tpython -c 'import private'\n.PHONY: test\n")
	p.Write("pyproject.toml", "[project]\nname = \"p\"\nversion = \"1\"\nrequires-python = \">=3.11\"\n")
	return p
}

package debian

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSources(t *testing.T) {
	const key = "/usr/share/keyrings/debian-archive-keyring.gpg"
	for _, c := range []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{"none", nil, nil},
		{"one-line", map[string]string{"sources.list": "# old\ndeb http://m.example/debian/ bookworm main contrib # note\ndeb-src http://m.example/debian bookworm main\n"},
			[]string{"deb http://m.example/debian bookworm main"}},
		{"one-line, options", map[string]string{"sources.list": "deb [arch=amd64 signed-by=" + key + "] https://m.example/debian bookworm main\n"},
			[]string{"deb https://m.example/debian bookworm main"}},
		{"deb822, the release first", map[string]string{"sources.list.d/debian.sources": "Types: deb\nURIs: http://s.example/debian-security\nSuites: bookworm-security\nComponents: main\n\n" +
			"# comment\nTypes: deb deb-src\nURIs: http://m.example/debian\nSuites: bookworm\n bookworm-updates\nComponents: main\nSigned-By: " + key + "\n"},
			[]string{"deb http://m.example/debian bookworm main", "deb http://s.example/debian-security bookworm-security main", "deb http://m.example/debian bookworm-updates main"}},
		{"deb822, off", map[string]string{"sources.list.d/debian.sources": "Types: deb\nEnabled: no\nURIs: http://m.example/debian\nSuites: bookworm\nComponents: main\n"}, nil},
		{"others' archives", map[string]string{
			"sources.list":                  "deb http://m.example/debian bookworm main\n",
			"sources.list.d/tools.list":     "deb [signed-by=/usr/share/keyrings/tools.gpg] https://t.example bookworm main\n",
			"sources.list.d/cloud.list":     "deb https://c.example/apt cloud-bookworm main\n",
			"sources.list.d/other.sources":  "Types: deb\nURIs: https://o.example\nSuites: bookworm\nComponents: stable\n",
			"sources.list.d/release.list":   "deb http://m.example/debian trixie main\n",
			"sources.list.d/ignored.backup": "deb http://x.example/debian bookworm main\n",
		}, []string{"deb http://m.example/debian bookworm main"}},
		{"a password never gets into an image", map[string]string{"sources.list": "deb https://user:canary@m.example/debian bookworm main\n"}, nil},
		{"local archives are not there in an image", map[string]string{"sources.list": "deb file:/media/debian bookworm main\n"}, nil},
		{"updates alone are no release", map[string]string{"sources.list": "deb http://m.example/debian bookworm-updates main\n"}, nil},
		{"twice", map[string]string{"sources.list": "deb http://m.example/debian bookworm main\ndeb http://m.example/debian/ bookworm main\n"},
			[]string{"deb http://m.example/debian bookworm main"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, c.files)
			got, err := Sources(dir, "bookworm")
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("got %q (%v), want %q", got, err, c.want)
			}
		})
	}
}

func TestCodename(t *testing.T) {
	for content, want := range map[string]string{
		"ID=debian\nVERSION_CODENAME=bookworm\n":           "bookworm",
		"ID=\"debian\"\nVERSION_CODENAME=\"trixie\"\n":     "trixie",
		"ID=ubuntu\nVERSION_CODENAME=noble\n":              "",
		"ID=debian\nPRETTY_NAME=\"Debian sid\"\n":          "",
		"ID_LIKE=debian\nID=alpine\nVERSION_CODENAME=\"\"": "",
	} {
		path := filepath.Join(t.TempDir(), "os-release")
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		got, err := Codename(path)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: got %q, %v", content, got, err)
		}
	}
}

func certificate(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano())}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

func TestExtraCertificates(t *testing.T) {
	packaged, own, other := certificate(t), certificate(t), certificate(t)
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"packaged/mozilla/a.crt": packaged,
		"bundle":                 packaged + "# a comment\n" + own + other + own,
	})
	got, err := ExtraCertificates(filepath.Join(dir, "bundle"), filepath.Join(dir, "packaged"))
	if err != nil || len(got) != 2 || !bytes.Equal(got[0], []byte(own)) || !bytes.Equal(got[1], []byte(other)) {
		t.Errorf("got %q (%v), want the two of the machine's own, once each", got, err)
	}
	if got, err := ExtraCertificates(filepath.Join(dir, "none"), dir); got != nil || err != nil {
		t.Errorf("no bundle: got %q, %v", got, err)
	}
	if got, err := ExtraCertificates(filepath.Join(dir, "bundle"), filepath.Join(dir, "none")); len(got) != 3 || err != nil {
		t.Errorf("nothing packaged: got %d, %v; want all 3", len(got), err)
	}
}

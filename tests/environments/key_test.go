package environments

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"filippo.io/age"
)

// key is one for saved plans and states: an age identity in a file, and the flag's value that gives it.
type key struct {
	identity *age.X25519Identity
	flag     string
}

func newKey(t *testing.T) key {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "plan.key")
	writeFile(t, path, identity.String()+"\n")
	return key{identity, "file://" + path}
}

// decrypt reads an encrypted file with the key.
func (k key) decrypt(t *testing.T, path string) string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := age.Decrypt(f, k.identity)
	if err != nil {
		t.Fatalf("decrypting %q: %v", path, err)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("decrypting %q: %v", path, err)
	}
	return string(data)
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

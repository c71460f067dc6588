package session

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gateway "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/tonistiigi/fsutil"
	fstypes "github.com/tonistiigi/fsutil/types"
)

// onDisk is a reference to the files of a directory of this machine.
type onDisk struct {
	gateway.Reference
	dir string
}

func (o onDisk) StatFile(_ context.Context, r gateway.StatRequest) (*fstypes.Stat, error) {
	return fsutil.Stat(filepath.Join(o.dir, r.Path))
}

func (o onDisk) ReadFile(_ context.Context, r gateway.ReadRequest) ([]byte, error) {
	f, err := os.Open(filepath.Join(o.dir, r.Filename))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.NewSectionReader(f, int64(r.Range.Offset), int64(r.Range.Length)))
}

func (o onDisk) ReadDir(_ context.Context, r gateway.ReadDirRequest) (out []*fstypes.Stat, err error) {
	names, err := os.ReadDir(filepath.Join(o.dir, r.Path))
	for _, name := range names {
		st, err := fsutil.Stat(filepath.Join(o.dir, r.Path, name.Name()))
		if err != nil {
			return nil, err
		}
		st.Path = name.Name()
		out = append(out, st)
	}
	return out, err
}

// tree is all that a digest is to tell apart: names, kinds, permissions, bytes.
func tree(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		text, _ := os.ReadFile(path)
		link, _ := os.Readlink(path)
		if link != "" {
			text = nil // that of another file
		}
		_, err = fmt.Fprintf(&b, "%q %v %q %q\n", path, info.Mode(), link, text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A digest names the contents of a directory, and so the results of what reads it:
// after 10,000 random changes of one thing each no two trees have one digest, and
// what does not count, times and owners, changes none.
func TestDigestNamesContents(t *testing.T) {
	dir, random := t.TempDir(), rand.New(rand.NewPCG(3, 4))
	names := []string{"a", "b", "sub/a", "sub/b", "sub/deep/a", "link"}
	must := func(err error) {
		t.Helper()
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	must(os.MkdirAll(filepath.Join(dir, "sub/deep"), 0o755))
	trees, digests := map[string]string{}, map[string]string{}
	for range 10_000 {
		path := filepath.Join(dir, names[random.IntN(len(names))])
		counts := true
		info, err := os.Lstat(path)
		switch n := random.IntN(8); {
		case n < 2:
			must(os.Remove(path))
			must(os.WriteFile(path, []byte{byte(random.IntN(3))}, 0o644))
		case n == 2:
			must(os.Remove(path))
		case n == 3 && err == nil && info.Mode().IsRegular():
			must(os.Chmod(path, []fs.FileMode{0o600, 0o644, 0o755}[random.IntN(3)]))
		case n == 4:
			must(os.Remove(path))
			must(os.Symlink([]string{"a", "b", "/etc/passwd"}[random.IntN(3)], path))
		case n == 5:
			must(os.Rename(path, filepath.Join(dir, names[random.IntN(len(names))])))
		case n == 6 && err == nil && info.Mode().IsRegular():
			must(os.Chtimes(path, time.Time{}, time.Unix(int64(random.IntN(1e9)), 0)))
			counts = false
		case n == 7 && os.Getuid() == 0:
			must(os.Lchown(path, random.IntN(5), random.IntN(5)))
			counts = false
		}
		is := tree(t, dir)
		h := sha256.New()
		if err := hashDir(t.Context(), onDisk{dir: dir}, "/", ".", h); err != nil {
			t.Fatal(err)
		}
		digest := fmt.Sprintf("%x", h.Sum(nil))
		if was, known := trees[digest]; known && was != is {
			t.Fatalf("one digest for\n%s\nand\n%s", was, is)
		}
		if was, known := digests[is]; known && was != digest {
			t.Fatalf("two digests of\n%s\n(what counts changed: %v)", is, counts)
		}
		trees[digest], digests[is] = is, digest
	}
	if len(trees) < 1_000 {
		t.Errorf("only %d trees", len(trees))
	}
}

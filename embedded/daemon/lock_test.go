package daemon

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"
)

func TestLock(t *testing.T) {
	name := filepath.Join(t.TempDir(), "lock")
	release, err := lock(t.Context(), name, nil)
	if err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	waited := 0
	if _, err := lock(short, name, func() { waited++ }); !errors.Is(err, context.DeadlineExceeded) || waited != 1 {
		t.Errorf("a held lock: %v, told %d times", err, waited)
	}
	release()
	again, err := lock(t.Context(), name, nil)
	if err != nil {
		t.Fatal(err)
	}
	again()
}

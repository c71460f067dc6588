package harness

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// World is what a run of the tests shares.
type World struct {
	Root   string // repository
	Engine Engine
	Lab    *Lab
	// AWS is the lab whose AWS stand-in containers reach, or nil; on the embedded engine it is Lab.
	AWS *Lab

	lock    *os.File
	keep    bool
	numbers atomic.Int64
}

// Main runs the tests of m with a world, and ends it whatever happens.
func Main(m *testing.M, root string, use func(*World)) int {
	if cacheable() {
		fmt.Fprintln(os.Stderr, "setting up the end-to-end tests: Go would keep their result, whatever changes in the pipeline: add -count=1")
		return 1
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	w, err := newWorld(ctx, root)
	if err != nil {
		fmt.Fprintf(os.Stderr, "setting up the end-to-end tests: %v\n", err)
		return 1
	}
	interrupted := context.AfterFunc(ctx, func() {
		w.end()
		os.Exit(130)
	})
	use(w)
	code := m.Run()
	interrupted() // no longer: the end below is the one
	if err := w.end(); err != nil {
		fmt.Fprintf(os.Stderr, "ending the end-to-end tests: %v\n", err)
		return max(code, 1)
	}
	return code
}

// cacheable reports whether Go would take this run's result for a later one. It must not: it does not know
// that the tests depend on files outside their own module.
func cacheable() bool {
	if !flag.Parsed() {
		flag.Parse()
	}
	log := flag.Lookup("test.testlogfile") // where Go is told what the result depends on
	return log != nil && log.Value.String() != ""
}

func newWorld(ctx context.Context, root string) (w *World, err error) {
	w = &World{keep: os.Getenv("PIPELINE_TEST_KEEP") == "1"}
	if w.Root, err = filepath.Abs(root); err != nil {
		return nil, err
	}
	dir := os.Getenv("PIPELINE_TEST_DIR")
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return nil, err
		}
		dir = filepath.Join(cache, "pipeline-tests")
	}
	if dir, w.lock, err = ownPlace(dir); err != nil {
		return nil, err
	}
	if w.Engine, err = newEngine(ctx, w.Root, dir, w.keep); err != nil {
		return nil, err
	}
	bind, certificate := os.Getenv("PIPELINE_TEST_BIND"), os.Getenv("PIPELINE_TEST_CERTIFICATE")
	if w.Engine.Name() == "dagger" && bind != "" && certificate != "" { // all that the engine's containers reach
		w.Lab, err = StartLab(ctx, w.Root, filepath.Join(dir, "lab-tls"), bind, certificate)
		w.AWS = w.Lab
		return w, err
	}
	if w.Lab, err = StartLab(ctx, w.Root, filepath.Join(dir, "lab"), "", ""); err != nil {
		return nil, err
	}
	w.AWS = w.Lab
	if w.Engine.Name() == "dagger" {
		w.AWS = nil
		if bind != "" {
			if w.AWS, err = StartLab(ctx, w.Root, filepath.Join(dir, "lab-aws"), bind, ""); err != nil {
				return nil, errors.Join(err, w.end())
			}
		}
	}
	return w, nil
}

func newEngine(ctx context.Context, root, dir string, keep bool) (Engine, error) {
	switch name := os.Getenv("PIPELINE_TEST_ENGINE"); name {
	case "", "embedded":
		e := Embedded{Root: root, State: filepath.Join(dir, "state"), Run: filepath.Join(dir, "run")}
		if keep {
			return e, nil
		}
		return e, e.Stop(ctx) // what a killed run left
	case "dagger":
		if _, err := exec.LookPath("dagger"); err != nil {
			return nil, fmt.Errorf("testing on Dagger: %w", err)
		}
		d := Dagger{Module: filepath.Join(dir, "module")}
		return d, errors.Join(os.RemoveAll(d.Module), CopyModule(root, d.Module))
	default:
		return nil, fmt.Errorf("PIPELINE_TEST_ENGINE is %q: want embedded or dagger", name)
	}
}

// end stops engine and labs.
func (w *World) end() error {
	defer w.lock.Close()
	if w.keep {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	errs := []error{w.Engine.Stop(ctx), w.Lab.Stop(ctx)}
	if w.AWS != nil && w.AWS != w.Lab {
		errs = append(errs, w.AWS.Stop(ctx))
	}
	return errors.Join(errs...)
}

// ownPlace is the first of the numbered directories in dir that no other run of the tests uses, and its lock:
// packages that are tested at the same time have an engine and a lab each.
func ownPlace(dir string) (string, *os.File, error) {
	for number := 1; ; number++ {
		place := filepath.Join(dir, strconv.Itoa(number))
		if err := os.MkdirAll(place, 0o700); err != nil {
			return "", nil, err
		}
		lock, err := os.OpenFile(filepath.Join(place, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			return "", nil, err
		}
		err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return place, lock, nil
		}
		if _ = lock.Close(); err != syscall.EWOULDBLOCK {
			return "", nil, fmt.Errorf("locking %q: %w", lock.Name(), err)
		}
	}
}

// On is the same world with another engine.
func (w *World) On(e Engine) *World {
	return &World{Root: w.Root, Engine: e, Lab: w.Lab, AWS: w.AWS}
}

// Environment is the name of an environment that no other test uses.
func (w *World) Environment() string {
	return "mr-" + strconv.FormatInt(1000+w.numbers.Add(1)+time.Now().Unix()%1_000_000*1000, 10)
}

// Embedded returns the embedded engine, or skips the test on another one.
func (w *World) Embedded(t testing.TB, why string) Embedded {
	t.Helper()
	e, ok := w.Engine.(Embedded)
	if !ok {
		t.Skip(why)
	}
	return e
}

// Disk is the directory where the engine keeps all that it keeps, or skips the test where it cannot be read.
func (w *World) Disk(t testing.TB) string {
	t.Helper()
	if e, ok := w.Engine.(Embedded); ok {
		return e.State
	}
	dir := os.Getenv("PIPELINE_TEST_DISK")
	if dir == "" {
		t.Skip("the engine's disk cannot be read here: set PIPELINE_TEST_DISK to its root directory")
	}
	return dir
}

// NeedAWS skips the test where containers cannot reach an AWS stand-in.
func (w *World) NeedAWS(t testing.TB) {
	t.Helper()
	if w.AWS == nil {
		t.Skip("no AWS stand-in that this engine's containers reach: set PIPELINE_TEST_BIND to an address of this machine")
	}
}

// NeedTerraform skips the test where nothing brings terraform.
func (w *World) NeedTerraform(t testing.TB) {
	t.Helper()
	w.NeedAWS(t)
	if !w.Lab.HasTerraform() {
		t.Skip("the machine has no terraform for the base image")
	}
}

// NeedAWSProvider skips the test where terraform cannot get the AWS provider.
func (w *World) NeedAWSProvider(t testing.TB) {
	t.Helper()
	w.NeedTerraform(t)
	if w.Lab.Infra != "infra" {
		t.Skip("the machine has no AWS provider for terraform, and none can be downloaded")
	}
}

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/client/llb"
	"github.com/tonistiigi/fsutil"
)

// This program is started again with these: as the bare build, and as the command that the build runs.
const (
	bareCommand = "bare-build"
	noopCommand = "do-nothing"
)

// bareSteps is how many commands the bare build runs before the source comes, as the app container
// does.
const bareSteps = 8

// bare solves a build of the pipeline's shape on the daemon at addr. Its commands are this program,
// which needs no image.
func bare(ctx context.Context, addr, source string) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding this program: %w", err)
	}
	c, err := client.New(ctx, addr)
	if err != nil {
		return fmt.Errorf("connecting to buildkitd at %q: %w", addr, err)
	}
	defer c.Close()
	program := "/" + filepath.Base(self)
	state := llb.Scratch().File(llb.Copy(llb.Local("program", llb.IncludePatterns([]string{filepath.Base(self)})), program, program))
	for i := range bareSteps {
		state = state.Run(llb.Args([]string{program, noopCommand, fmt.Sprint(i)})).Root()
	}
	state = state.File(llb.Copy(llb.Local("source"), "/", "/app", &llb.CopyInfo{CopyDirContentsOnly: true, CreateDestPath: true}))
	state = state.Run(llb.Args([]string{program, noopCommand, "test"})).Root()
	def, err := state.Marshal(ctx)
	if err != nil {
		return fmt.Errorf("making the build: %w", err)
	}
	mounts := map[string]fsutil.FS{}
	for name, dir := range map[string]string{"program": filepath.Dir(self), "source": source} {
		if mounts[name], err = fsutil.NewFS(dir); err != nil {
			return fmt.Errorf("reading %q: %w", dir, err)
		}
	}
	if _, err := c.Solve(ctx, def, client.SolveOpt{LocalMounts: mounts}, nil); err != nil {
		return fmt.Errorf("solving the bare build: %w", err)
	}
	return nil
}

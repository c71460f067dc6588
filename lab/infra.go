package main

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"dagger/pipeline/lab/debian"
	"dagger/pipeline/lab/state"
	"dagger/pipeline/lab/terraform"
)

//go:embed infra-free/*.tf
var infraFree embed.FS

// infra returns the root module that can be applied here: "infra", the project's own, if terraform
// can get the AWS provider from a mirror or by download; else the path of a copy of infra-free, which
// needs no provider. LAB_INFRA_FREE=1 selects the latter.
func infra(dir state.Dir, mirror string, progress debian.Progress) (string, error) {
	root, err := writeInfraFree(dir)
	if err != nil || os.Getenv("LAB_INFRA_FREE") == "1" {
		return root, err
	}
	if mirror != "" {
		return "infra", nil
	}
	var before made
	if _, alive, err := dir.ReadRunning(); err == nil && alive { // while a lab runs, the answer stays
		if found, err := state.ReadJSON(dir.Path("made.json"), &before); err == nil && found && before.Mirror == "" && before.Infra != "" {
			return before.Infra, nil
		}
	}
	progress("no provider mirror found: asking whether terraform can download providers")
	if terraform.Downloads() {
		return "infra", nil
	}
	progress("no AWS provider to be had: the provider-free root module is for use here")
	return root, nil
}

func writeInfraFree(dir state.Dir) (string, error) {
	err := fs.WalkDir(infraFree, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		target := dir.Path(filepath.FromSlash(path))
		if entry.IsDir() {
			return os.MkdirAll(target, 0o755)
		}
		data, err := infraFree.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, data, 0o644)
	})
	if err != nil {
		return "", fmt.Errorf("writing the provider-free root module: %w", err)
	}
	return dir.Path("infra-free"), nil
}

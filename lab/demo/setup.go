package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"dagger/pipeline/lab/terraform"
)

// setUpFormat is a line on a part of the set-up: its name, time and description.
const setUpFormat = "  %-15s %8s  %s"

// setUp starts the lab and an engine with an empty cache, at the same time, and copies the project. Their programs
// are compiled one after the other: they share packages, which two compilations at once would compile twice.
func (d *demo) setUp(ctx context.Context) error {
	d.view.heading("Set-up")
	d.view.print("  all output goes to %s", d.logPath())
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var both sync.WaitGroup
	compiled := make(chan struct{})
	var lab map[string]string
	var labErr, engineErr error
	both.Go(func() {
		if lab, labErr = d.startLab(ctx, compiled); labErr != nil {
			cancel() // the other's work is of no use then
		}
	})
	both.Go(func() {
		select {
		case <-compiled:
		case <-ctx.Done():
			return
		}
		if engineErr = d.startEngine(ctx); engineErr != nil {
			cancel()
		}
	})
	both.Wait()
	for _, err := range []error{labErr, engineErr} {
		if err != nil && !errors.Is(err, context.Canceled) {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	d.lab = lab
	d.deploys = haveTerraform(ctx)
	switch {
	case !d.deploys:
		d.view.print("  no terraform is on PATH and none can be downloaded: plan, deploy and destroy are left out;")
		d.view.print("  put a terraform binary on PATH, or name one with LAB_TERRAFORM, to see them")
	case lab["LAB_INFRA"] != projectInfra:
		d.view.print("  no AWS provider for terraform can be had here: a root module without providers is deployed instead")
	}
	return d.copyProject()
}

// startLab builds the lab's command, says so, starts the lab with the image that the first step needs and returns
// its environment.
func (d *demo) startLab(ctx context.Context, compiled chan<- struct{}) (map[string]string, error) {
	a := d.view.begin("lab")
	a.note("building the lab's command")
	_, err := d.withEnv(ctx, d.checkout, []string{"GOWORK=off", "CGO_ENABLED=0"}, a.unlessDownload, "go", "build", "-C", "lab", "-trimpath", "-gcflags=all=-dwarf=false", "-ldflags=-s -w", "-o", d.path("lab-command"), ".")
	var out string
	if err == nil {
		close(compiled)
		out, err = d.labUp(ctx, a, "python")
	}
	took := a.end()
	if err != nil {
		return nil, orCancelled(ctx, err)
	}
	d.view.print(setUpFormat, "lab", seconds(took), "a registry with a login, a stand-in for AWS, a base image")
	return readEnvironment(out)
}

func (d *demo) labUp(ctx context.Context, a *activity, images string) (string, error) {
	var o ongoing
	return d.withEnv(ctx, d.checkout, []string{"LAB_IMAGES=" + images}, func(line string) { a.note(o.line(line)) }, d.path("lab-command"), "up")
}

// finishLab makes the other base image while steps run that do not need it. It returns a function that waits for that
// and must be called.
func (d *demo) finishLab(ctx context.Context) (ready func() error) {
	var out string
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		a := d.view.begin("lab")
		out, err = d.labUp(ctx, a, "python,terraform")
		a.end()
	}()
	return sync.OnceValue(func() error {
		<-done
		if err != nil {
			return orCancelled(ctx, err)
		}
		lab, err := readEnvironment(out)
		if err != nil {
			return err
		}
		d.lab = lab
		return d.writeSettings()
	})
}

// startEngine builds the pipeline's command and the engine if the cache does not have them, starts the
// engine and empties its cache.
func (d *demo) startEngine(ctx context.Context) error {
	a := d.view.begin("engine")
	a.note("building the pipeline's command")
	_, err := d.command(ctx, d.checkout, a.unlessDownload, "./pipeline", "version")
	if err == nil {
		a.note("starting the engine; the first start builds it, which takes minutes")
		_, err = d.command(ctx, d.checkout, a.note, "./pipeline", "engine", "prune", "--all")
	}
	took := a.end()
	if err != nil {
		return orCancelled(ctx, err)
	}
	d.view.print(setUpFormat, "engine", seconds(took), "BuildKit and runc, with an empty cache")
	return nil
}

// orCancelled distinguishes a command that was cancelled from one that failed.
func orCancelled(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// readEnvironment reads the KEY=VALUE lines that the lab prints.
func readEnvironment(text string) (map[string]string, error) {
	env := map[string]string{}
	for _, line := range nonEmpty(text) {
		name, quoted, ok := strings.Cut(line, "=")
		if !ok {
			return nil, fmt.Errorf("reading the lab's environment: line %q is not KEY=VALUE", line)
		}
		env[name] = unquote(quoted)
	}
	return env, nil
}

// haveTerraform reports whether the terraform container can get terraform: from the machine, else from
// HashiCorp's releases.
func haveTerraform(ctx context.Context) bool {
	if binary, err := terraform.This.Binary(); err == nil && binary != "" {
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, "https://releases.hashicorp.com/terraform/", nil)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// unquote reads a value as the lab quotes it for a shell.
func unquote(value string) string {
	if inner, ok := strings.CutPrefix(value, "'"); ok {
		return strings.ReplaceAll(strings.TrimSuffix(inner, "'"), `'\''`, "'")
	}
	return value
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"dagger/pipeline/lab/aws"
	"dagger/pipeline/lab/registry"
	"dagger/pipeline/lab/state"
)

var errNotRunning = errors.New("reading the lab's environment: the lab is not running: start it with \"lab up\"")

// printEnv prints the lab's environment, one KEY=VALUE per line, as a POSIX shell reads it.
// It includes the registry's passwords and the container's token, because their users need them; they are valid on this
// machine only.
func printEnv(_ context.Context, dir state.Dir, stdout io.Writer) error {
	running, alive, err := dir.ReadRunning()
	if err != nil {
		return err
	}
	var result made
	complete, err := state.ReadJSON(dir.Path("made.json"), &result)
	if err != nil {
		return err
	}
	if !alive || !complete {
		return errNotRunning
	}
	password, err := dir.Secret("registry-password")
	if err != nil {
		return err
	}
	open, err := dir.Secret(openPassword)
	if err != nil {
		return err
	}
	container, err := dir.Secret("container-token")
	if err != nil {
		return err
	}
	host := running.Address("registry")
	reference := func(name string) string {
		if built, ok := result.Images[name]; ok {
			return built.Ref(host)
		}
		return "" // not asked for
	}
	for _, pair := range [][2]string{
		{"LAB_REGISTRY", host},
		{"LAB_REGISTRY_USERNAME", registry.User},
		{"LAB_REGISTRY_PASSWORD", password},
		{"LAB_REGISTRY_OPEN_USERNAME", registry.OpenUser},
		{"LAB_REGISTRY_OPEN_PASSWORD", open},
		{"LAB_PYTHON_IMAGE", reference("python")},
		{"LAB_TERRAFORM_IMAGE", reference("terraform")},
		{"LAB_REDIS_IMAGE", reference("redis")},
		{"LAB_AWS_ENDPOINT", "http://" + running.ForContainers()},
		{"LAB_AWS_REQUEST_LOG", dir.Path(requestLog)},
		{"LAB_IMDS_ENDPOINT", "http://" + running.Address("aws")},
		{"LAB_CONTAINER_CREDENTIALS", "http://" + running.Address("aws") + aws.ContainerPath},
		{"LAB_CONTAINER_TOKEN", container},
		{"LAB_STATE_BUCKET", stateBucket},
		{"LAB_PROVIDER_MIRROR", result.Mirror},
		{"LAB_INFRA", result.Infra},
	} {
		if _, err := fmt.Fprintf(stdout, "%s=%s\n", pair[0], state.Quote(pair[1])); err != nil {
			return fmt.Errorf("printing the lab's environment: %w", err)
		}
	}
	return nil
}

// printStatus shows what runs, without secrets. It fails if the lab does not answer.
func printStatus(ctx context.Context, dir state.Dir, stdout io.Writer) error {
	running, alive, err := dir.ReadRunning()
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "directory  %s\n", dir)
	if !alive {
		fmt.Fprintln(stdout, "state      not running")
		return errors.New("asking the lab: it is not running: start it with \"lab up\"")
	}
	fmt.Fprintf(stdout, "process    %d (moto %d)\n", running.PID, running.Moto.PID)
	fmt.Fprintf(stdout, "registry   %s\n", running.Address("registry"))
	fmt.Fprintf(stdout, "aws        http://%s\n", running.ForContainers())
	var result made
	if _, err := state.ReadJSON(dir.Path("made.json"), &result); err != nil {
		return err
	}
	for _, name := range []string{"python", "terraform"} {
		if b, ok := result.Images[name]; ok {
			fmt.Fprintf(stdout, "image      %s, %d MB, %s\n", b.Ref(running.Address("registry")), b.Size>>20, b.Digest)
		}
	}
	if err := healthy(ctx, dir, running); err != nil {
		fmt.Fprintln(stdout, "state      does not answer")
		return fmt.Errorf("%w: run \"lab up\" to start it anew", err)
	}
	fmt.Fprintln(stdout, "state      answers")
	return nil
}

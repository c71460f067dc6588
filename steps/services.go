package steps

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"dagger/pipeline/images"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/project"
	"dagger/pipeline/tell"
)

// A check that fails is run again, for two minutes at least: databases take their
// time on a busy machine.
const (
	checkInterval = "500ms"
	checkRetries  = 240
)

// Service is a container that the tests reach by its name. It starts together with a
// test command, but not if the command's result is cached.
type Service struct {
	Name string
	*dagger.Service
	// Key identifies the service: everything it is made of, except secrets.
	Key string
}

// services are those of the project's tests.
func (r *Run) services(ctx context.Context, settings map[string]project.Service, secrets map[string]*dagger.Secret) ([]Service, error) {
	var out []Service
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		store, err := r.pullFrom(ctx)
		if err != nil {
			return nil, err
		}
		service, err := newService(ctx, store, name, settings[name], secrets)
		if err != nil {
			return nil, tell.Errorf("starting the service %q: %w", name, err)
		}
		out = append(out, service)
	}
	return out, nil
}

func newService(ctx context.Context, store images.Store, name string, s project.Service, secrets map[string]*dagger.Secret) (Service, error) {
	c, reference, err := store.Pinned(ctx, s.Image)
	if err != nil {
		return Service{}, err
	}
	s.Image = reference
	key, err := json.Marshal(s)
	if err != nil {
		return Service{}, err
	}
	for _, variable := range slices.Sorted(maps.Keys(s.Variables)) {
		c = c.WithEnvVariable(variable, s.Variables[variable])
	}
	for _, variable := range slices.Sorted(maps.Keys(s.Secrets)) {
		secret := secrets[s.Secrets[variable]]
		if secret == nil {
			return Service{}, fmt.Errorf("its variable %s is to have the value of %s, which is not in --test-secrets: add the line %s=value there", variable, s.Secrets[variable], s.Secrets[variable])
		}
		c = c.WithSecretVariable(variable, secret)
	}
	for _, port := range append([]int{s.Port}, s.Ports...) {
		c = c.WithExposedPort(port)
	}
	// A check that the image has of its own would hide whether the port is open.
	c = c.WithoutDockerHealthcheck()
	if s.Ready != "" {
		c = c.WithDockerHealthcheck([]string{s.Ready}, dagger.ContainerWithDockerHealthcheckOpts{Shell: true, Interval: checkInterval, Retries: checkRetries})
	}
	return Service{name, c.AsService(dagger.ContainerAsServiceOpts{Args: s.Args, UseEntrypoint: true}), name + " " + string(key)}, nil
}

// bind gives services to the commands of a container.
func bind(services []Service) dagger.WithContainerFunc {
	return func(c *dagger.Container) *dagger.Container {
		for _, s := range services {
			c = c.WithServiceBinding(s.Name, s.Service)
		}
		return c
	}
}

// originMark is what a Dagger engine puts behind a cause.
var originMark = regexp.MustCompile(`\s*\[traceparent:[^\]]*\]`)

// What engines say of a service that is not there: its name, and what was wrong.
var (
	startedAs  = regexp.MustCompile(`\(aliased as ([^)]+)\)`)
	portClosed = regexp.MustCompile(`checking for port (\d+)`)
)

// serviceError makes one line of an engine's error about a service; it gives any
// other error back.
func serviceError(err error) error {
	text := originMark.ReplaceAllString(err.Error(), "")
	named := startedAs.FindStringSubmatch(text)
	if named == nil {
		return err
	}
	var exec *dagger.ExecError
	if !errors.As(err, &exec) {
		exec = &dagger.ExecError{}
	}
	return tell.FailureWith(exec.ExitCode, exec.Cmd, explainService(named[1], text, exec.Cmd, exec.ExitCode, exec.Stdout, exec.Stderr), strings.TrimSpace(exec.Stdout+"\n"+exec.Stderr))
}

// explainService says what was wrong with a service.
func explainService(name, text string, command []string, code int, stdout, stderr string) string {
	said := func(what, next string) string {
		line := fmt.Sprintf("starting the service %q: %s", name, what)
		if strings.TrimSpace(stderr+stdout) != "" {
			line += ": " + tell.Short(tell.LastLine(stderr, stdout))
		}
		return line + ": " + next
	}
	switch port := portClosed.FindStringSubmatch(text); {
	case port != nil:
		return said("nothing listens on its port "+port[1], "check port, and that the service listens on all addresses")
	case strings.Contains(text, "health check errored") && len(command) == 3:
		return said(fmt.Sprintf("its check %q does not succeed", command[2]), "check ready, and what the service prints")
	case strings.Contains(text, "exited before healthcheck"):
		return said("it ended before it was ready", "check its args and variables")
	case strings.Contains(text, "exit code: "):
		return said(fmt.Sprintf("it ended with exit code %d", code), "check its args and variables")
	}
	return fmt.Sprintf("starting the service %q: %s", name, oneLine(text))
}

package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"dagger/pipeline/embedded/tunnel"
)

// service is a container whose running command others use.
type service struct {
	// key names the work of its command, the same in every session.
	key       string
	container *container
	exec      execOptions
	readiness tunnel.Readiness
}

// binding is a service under the name that a container knows it by.
type binding struct {
	alias   string
	service *service
}

// Dagger's defaults for a check in the container.
const (
	checkInterval = 5 * time.Second
	checkRetries  = 3
)

// portPatience is how long a service may take until its ports are open.
const portPatience = 2 * time.Minute

// serviceFields turn containers into services and bind them to others.
func serviceFields() []Field {
	return []Field{
		{Name: "withExposedPort", Doc: "Name a port that the container listens on as a service.", Returns: "Container!",
			Args: []Arg{required("port", "Int", "Port."), {Name: "protocol", Type: "NetworkProtocol", Doc: "TCP is what this engine knows.", Default: "TCP"},
				optional("description", "String", "What it is for."), optional("experimentalSkipHealthcheck", "Boolean", "Do not wait until it is open.")},
			resolve: func(_ context.Context, _ *Server, o *object, a args) (any, error) {
				if p := a.str("protocol"); p != "" && p != "TCP" {
					return nil, fmt.Errorf("withExposedPort: protocol %s is not implemented by the embedded engine: use TCP, or `dagger call` with a Dagger engine", p)
				}
				n := ctr(o).clone()
				n.ports = append(n.ports, exposed{a.integer("port", 0), a.boolean("experimentalSkipHealthcheck")})
				if n.image.Config.ExposedPorts == nil {
					n.image.Config.ExposedPorts = map[string]struct{}{}
				}
				n.image.Config.ExposedPorts[fmt.Sprintf("%d/tcp", a.integer("port", 0))] = struct{}{} // the image says so, too
				return n, nil
			}},
		{Name: "withDockerHealthcheck", Doc: "Set the command that tells when a service is ready.", Returns: "Container!",
			Args: []Arg{required("args", "[String!]", "Command and arguments."), optional("shell", "Boolean", "Run the one argument by a shell."),
				optional("interval", "String", "Time between two runs. Default: 5s."), optional("timeout", "String", "Has no effect, as on Dagger."),
				optional("startPeriod", "String", "Time in which failures do not count."), optional("startInterval", "String", "Time between two runs until it is ready. Default: interval."),
				optional("retries", "Int", "How often it may fail. Default: 3.")},
			resolve: func(_ context.Context, _ *Server, o *object, a args) (any, error) {
				n := ctr(o).clone()
				var err error
				n.check, err = newCheck(a)
				return n, err
			}},
		{Name: "withoutDockerHealthcheck", Doc: "Take the command away that tells when a service is ready.", Returns: "Container!",
			resolve: func(_ context.Context, _ *Server, o *object, _ args) (any, error) {
				n := ctr(o).clone()
				n.check = tunnel.Readiness{}
				return n, nil
			}},
		{Name: "asService", Doc: "Make a service of the container.", Returns: "Service!",
			Args: []Arg{optional("args", "[String!]", "Command and arguments. Default: those of the image."), optional("useEntrypoint", "Boolean", "Put the image's entrypoint in front."),
				optional("insecureRootCapabilities", "Boolean", "Run with all capabilities."), optional("noInit", "Boolean", "Has no effect: the shim is always the first process."), argExpand},
			resolve: func(ctx context.Context, s *Server, o *object, a args) (any, error) {
				return s.asService(ctx, ctr(o), a)
			}},
		{Name: "withServiceBinding", Doc: "Let the commands of the container use a service.", Returns: "Container!",
			Args: []Arg{required("alias", "String", "Name that they reach it by."), required("service", "ServiceID", "The service.")},
			resolve: func(_ context.Context, s *Server, o *object, a args) (any, error) {
				svc, err := obj[*service](s, a, "service")
				if err != nil {
					return nil, err
				}
				if s.opts.HostNetwork {
					return nil, errors.New("services need containers with a network of their own: leave PIPELINE_NETWORK=host out of this call")
				}
				if len(svc.readiness.Ports) == 0 {
					return nil, fmt.Errorf("withServiceBinding: %q: the service has no port: name those that it listens on with withExposedPort", a.str("alias"))
				}
				if !aliasForm.MatchString(a.str("alias")) {
					return nil, fmt.Errorf("withServiceBinding: %q is not a host name", a.str("alias"))
				}
				n := ctr(o).clone()
				n.services = slices.DeleteFunc(n.services, func(b binding) bool { return b.alias == a.str("alias") })
				n.services = append(n.services, binding{a.str("alias"), svc})
				if len(n.services) > mostServices {
					return nil, fmt.Errorf("withServiceBinding: more than %d services", mostServices)
				}
				return n, nil
			}},
	}
}

// exposed is a port of a container.
type exposed struct {
	port      int
	unchecked bool
}

func newCheck(a args) (tunnel.Readiness, error) {
	r := tunnel.Readiness{Command: a.strs("args"), Interval: checkInterval, Retries: a.integer("retries", checkRetries)}
	if a.boolean("shell") {
		r.Command = append([]string{"/bin/sh", "-c"}, r.Command...)
	}
	for _, d := range []struct {
		name string
		into *time.Duration
	}{{"interval", &r.Interval}, {"startInterval", &r.Interval}, {"startPeriod", &r.Grace}} {
		text := a.str(d.name)
		if text == "" {
			continue
		}
		var err error
		if *d.into, err = time.ParseDuration(text); err != nil {
			return r, fmt.Errorf("withDockerHealthcheck: %s: %w", d.name, err)
		}
	}
	return r, nil
}

// asService records what to run; nothing runs yet.
func (s *Server) asService(ctx context.Context, c *container, a args) (*service, error) {
	if len(c.services) > 0 {
		return nil, errors.New("asService: services of services are not implemented by the embedded engine: use `dagger call` with a Dagger engine")
	}
	svc := &service{container: c, readiness: c.check}
	svc.exec = execOptions{args: c.command(a), expect: "SUCCESS", privileged: a.boolean("insecureRootCapabilities")}
	svc.readiness.Patience = s.patience
	for _, p := range c.ports {
		svc.readiness.Ports = append(svc.readiness.Ports, p.port)
	}
	ready, err := json.Marshal(svc.readiness)
	if err != nil {
		return nil, err
	}
	svc.exec.ready = string(ready)
	run, err := s.exec(c, svc.exec.servedOn("service"))
	if err != nil {
		return nil, fmt.Errorf("asService: %w", err)
	}
	def, err := s.marshal(ctx, run.fs, &c.image.Platform)
	if err != nil {
		return nil, err
	}
	_, last := metaOutput(def.ToPB())
	svc.key = works(def.Def)[last]
	s.services.know(svc)
	return svc, nil
}

// command is what withExec and asService run: the given one or the image's.
func (c *container) command(a args) []string {
	argv := a.strs("args")
	if len(argv) == 0 {
		argv = append(argv, c.image.Config.Cmd...)
	}
	for i := range argv {
		argv[i] = c.expand(a.boolean("expand"), argv[i])
	}
	if a.boolean("useEntrypoint") {
		argv = append(append([]string{}, c.image.Config.Entrypoint...), argv...)
	}
	return argv
}

// startError is Dagger's error for a service that cannot be used.
func startError(alias, problem string) string {
	return strings.Join(strings.Fields(fmt.Sprintf("start %s (aliased as %s): %s", alias, alias, problem)), " ")
}

func init() {
	register(Type{Name: "Service", Doc: "A container that others use while it runs."})
}

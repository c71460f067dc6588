package main

import (
	"slices"
	"strings"

	"github.com/opencontainers/runtime-spec/specs-go"
)

// traceSocket is where BuildKit puts the daemon's own trace collector into each
// container.
const traceSocket = "/dev/otel-grpc.sock"

// withoutTraces removes it again: it gives access to a root process of the machine, and
// nothing in a container needs it. It also removes the variables that would send a
// project's own traces there.
func withoutTraces(s *specs.Spec) {
	s.Mounts = slices.DeleteFunc(s.Mounts, func(m specs.Mount) bool { return m.Destination == traceSocket })
	if slices.Contains(s.Process.Env, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=unix://"+traceSocket) {
		s.Process.Env = slices.DeleteFunc(s.Process.Env, func(v string) bool {
			return strings.HasPrefix(v, "OTEL_TRACES_EXPORTER=") || strings.HasPrefix(v, "OTEL_EXPORTER_OTLP_TRACES_") || strings.HasPrefix(v, "TRACEPARENT=")
		})
	}
}

package main

import (
	"slices"
	"strings"

	"github.com/opencontainers/runtime-spec/specs-go"
)

// traceSocket is where BuildKit puts the daemon's own trace collector into each
// container.
const traceSocket = "/dev/otel-grpc.sock"

// withoutTraces takes it out again: it is a way to a root process of the machine that
// nothing in a container needs. With it go the variables that would have a project's
// own traces sent there.
func withoutTraces(s *specs.Spec) {
	s.Mounts = slices.DeleteFunc(s.Mounts, func(m specs.Mount) bool { return m.Destination == traceSocket })
	if slices.Contains(s.Process.Env, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=unix://"+traceSocket) {
		s.Process.Env = slices.DeleteFunc(s.Process.Env, func(v string) bool {
			return strings.HasPrefix(v, "OTEL_TRACES_EXPORTER=") || strings.HasPrefix(v, "OTEL_EXPORTER_OTLP_TRACES_") || strings.HasPrefix(v, "TRACEPARENT=")
		})
	}
}

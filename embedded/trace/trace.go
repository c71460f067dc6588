// Package trace sends what a call did to a collector, as an OTLP trace, if the environment names one.
package trace

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.39.0"
	"go.opentelemetry.io/otel/trace"

	"dagger/pipeline/embedded/report"
)

// patience is how long a collector may take.
const patience = 5 * time.Second

// Wanted reports whether the environment names a collector.
func Wanted() bool {
	return os.Getenv("OTEL_SDK_DISABLED") != "true" &&
		(os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT") != "" || os.Getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") != "")
}

// Send sends the trace of a call: a span for the call, one for each of its steps, and one for each test below the step
// that ran it. If TRACEPARENT is set, it is part of that trace.
func Send(ctx context.Context, c report.Call, tests []Test) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	exporter, err := exporterOf(ctx)
	if err != nil {
		return fmt.Errorf("sending the trace of the call: %w: check OTEL_EXPORTER_OTLP_*", err)
	}
	of, err := resource.New(ctx, resource.WithAttributes(semconv.ServiceName("pipeline")), resource.WithFromEnv())
	if err != nil {
		return fmt.Errorf("sending the trace of the call: reading OTEL_RESOURCE_ATTRIBUTES: %w", err)
	}
	if err := exporter.ExportSpans(ctx, spans(ctx, of, c, tests)); err != nil {
		return fmt.Errorf("sending the trace of the call: %w: check OTEL_EXPORTER_OTLP_ENDPOINT", err)
	}
	return exporter.Shutdown(ctx)
}

func exporterOf(ctx context.Context) (*otlptrace.Exporter, error) {
	protocol := os.Getenv("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL")
	if protocol == "" {
		protocol = os.Getenv("OTEL_EXPORTER_OTLP_PROTOCOL")
	}
	switch protocol {
	case "", "http/protobuf":
		return otlptracehttp.New(ctx)
	case "grpc":
		return otlptracegrpc.New(ctx)
	}
	return nil, fmt.Errorf("OTEL_EXPORTER_OTLP_PROTOCOL is %q: use http/protobuf or grpc", protocol)
}

// ended keeps the spans that have ended.
type ended struct {
	sync.Mutex
	spans []sdk.ReadOnlySpan
}

func (*ended) OnStart(context.Context, sdk.ReadWriteSpan) {}
func (*ended) Shutdown(context.Context) error             { return nil }
func (*ended) ForceFlush(context.Context) error           { return nil }
func (e *ended) OnEnd(s sdk.ReadOnlySpan) {
	e.Lock()
	defer e.Unlock()
	e.spans = append(e.spans, s)
}

// spans are the spans of a call, by OpenTelemetry's conventions for CI/CD.
func spans(ctx context.Context, of *resource.Resource, c report.Call, tests []Test) []sdk.ReadOnlySpan {
	var out ended
	tracer := sdk.NewTracerProvider(sdk.WithSpanProcessor(&out), sdk.WithResource(of), sdk.WithSampler(sdk.AlwaysSample())).Tracer("pipeline")
	ctx = propagation.TraceContext{}.Extract(ctx, propagation.MapCarrier{"traceparent": os.Getenv("TRACEPARENT"), "tracestate": os.Getenv("TRACESTATE")})
	at := func(seconds float64) time.Time { return c.Started.Add(time.Duration(seconds * float64(time.Second))) }

	ctx, call := tracer.Start(ctx, "RUN "+c.Function, trace.WithTimestamp(c.Started), trace.WithSpanKind(trace.SpanKindServer),
		trace.WithAttributes(semconv.CICDPipelineName(c.Function), semconv.CICDPipelineActionNameRun))
	call.SetAttributes(semconv.CICDPipelineRunID(call.SpanContext().SpanID().String()))
	testing, tested := ctx, c.Started
	for _, s := range c.Steps {
		under, step := tracer.Start(ctx, s.Name, trace.WithTimestamp(at(s.Start)), trace.WithAttributes(
			semconv.CICDPipelineTaskName(s.Name), attribute.String("pipeline.step.kind", s.Kind), attribute.Bool("pipeline.step.reused", s.Cached)))
		step.SetAttributes(semconv.CICDPipelineTaskRunID(step.SpanContext().SpanID().String()))
		if strings.HasSuffix(s.Name, "run.py test") {
			step.SetAttributes(semconv.CICDPipelineTaskTypeTest)
			testing, tested = under, at(s.Start)
		}
		if s.Bytes > 0 {
			step.SetAttributes(attribute.Int64("pipeline.step.moved_bytes", s.Bytes))
		}
		switch {
		case s.Failed:
			step.SetAttributes(semconv.CICDPipelineTaskRunResultFailure)
			step.SetStatus(codes.Error, "")
		case s.Cached:
			step.SetAttributes(semconv.CICDPipelineTaskRunResultSkip)
		default:
			step.SetAttributes(semconv.CICDPipelineTaskRunResultSuccess)
		}
		step.End(trace.WithTimestamp(at(s.Start + s.Seconds)))
	}
	for _, t := range tests {
		tested = t.trace(testing, tracer, tested)
	}
	if c.Failed {
		call.SetAttributes(semconv.CICDPipelineResultFailure)
		call.SetStatus(codes.Error, "")
	} else {
		call.SetAttributes(semconv.CICDPipelineResultSuccess)
	}
	call.End(trace.WithTimestamp(at(c.Seconds)))
	return out.spans
}

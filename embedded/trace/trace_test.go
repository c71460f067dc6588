package trace

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"

	"dagger/pipeline/embedded/report"
)

var began = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// call is one with a step of each kind.
var call = report.Call{Function: "test", Started: began, Seconds: 9, Failed: true, Steps: []report.Step{
	{Name: "pull app", Kind: "image", Start: 0.5, Seconds: 2, Bytes: 42},
	{Name: "install", Kind: report.Command, Cached: true, Start: 2.5},
	{Name: "python3 -I /opt/pipeline/run.py test", Kind: report.Command, Work: "hash", Start: 3, Seconds: 5, Failed: true},
}}

// received sends the call to a collector that answers with a status, and gives what came.
func received(t *testing.T, status int, tests ...Test) (*collector.ExportTraceServiceRequest, error) {
	t.Helper()
	var got collector.ExportTraceServiceRequest
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil && r.URL.Path == "/v1/traces" {
			err = proto.Unmarshal(body, &got)
		}
		if err != nil {
			t.Error(err)
		}
		w.WriteHeader(status)
	}))
	defer server.Close()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", server.URL)
	if !Wanted() {
		t.Error("a collector is named, and no trace wanted")
	}
	return &got, Send(t.Context(), call, tests)
}

func TestTraceOfACall(t *testing.T) {
	t.Setenv("TRACEPARENT", "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01")
	t.Setenv("OTEL_RESOURCE_ATTRIBUTES", "service.name=shop")
	got, err := received(t, http.StatusOK)
	if err != nil || len(got.ResourceSpans) != 1 {
		t.Fatal(got, err)
	}
	if of := fmt.Sprint(got.ResourceSpans[0].Resource); !strings.Contains(of, "shop") {
		t.Errorf("the resource is %s", of)
	}
	spans := got.ResourceSpans[0].ScopeSpans[0].Spans
	root := spans[len(spans)-1]
	var lines []string
	for _, s := range spans {
		if fmt.Sprintf("%x", s.TraceId) != "0123456789abcdef0123456789abcdef" {
			t.Errorf("%s is not of the trace that the call is part of", s.Name)
		}
		if s != root && string(s.ParentSpanId) != string(root.SpanId) {
			t.Errorf("%s is not below the call", s.Name)
		}
		attributes := map[string]string{}
		for _, a := range s.Attributes {
			attributes[a.Key] = a.Value.GetStringValue()
		}
		lines = append(lines, fmt.Sprintf("%s: %s%s %v", s.Name, attributes["cicd.pipeline.result"], attributes["cicd.pipeline.task.run.result"],
			time.Duration(s.EndTimeUnixNano-s.StartTimeUnixNano)))
	}
	const want = "pull app: success 2s\ninstall: skip 0s\npython3 -I /opt/pipeline/run.py test: failure 5s\nRUN test: failure 9s"
	if text := strings.Join(lines, "\n"); text != want {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
}

// A collector that refuses is told of; without one nothing is sent.
func TestNoCollector(t *testing.T) {
	if _, err := received(t, http.StatusForbidden); err == nil || !strings.Contains(err.Error(), "403") {
		t.Errorf("got %v", err)
	}
	t.Setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "smoke")
	if err := Send(t.Context(), call, nil); err == nil || !strings.Contains(err.Error(), `"smoke"`) {
		t.Errorf("got %v", err)
	}
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "")
	if Wanted() {
		t.Error("a trace is wanted, and no collector named")
	}
}

package trace

import (
	"context"
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.39.0"
	"go.opentelemetry.io/otel/trace"
)

const (
	mostTests = 5000 // a collector takes 4 MB at once
	longest   = 300  // bytes of a name
)

// Test is a test of a JUnit report.
type Test struct {
	Name   string
	Took   time.Duration
	Failed bool
}

// Tests are those of the reports in directories, junit.xml, with their names as scrub gives them. A report that cannot be
// read to its end has those before.
func Tests(dirs []string, scrub func(string) string) (tests []Test) {
	for _, dir := range dirs {
		f, err := os.Open(filepath.Join(dir, "junit.xml"))
		if err != nil {
			continue // most exports are no reports
		}
		tests = append(tests, read(f, mostTests-len(tests), scrub)...)
		f.Close()
	}
	return tests
}

func read(r io.Reader, most int, scrub func(string) string) (tests []Test) {
	decoder := xml.NewDecoder(r)
	for len(tests) < most {
		token, err := decoder.Token()
		if err != nil {
			return tests
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != "testcase" {
			continue
		}
		var c struct {
			Class   string    `xml:"classname,attr"`
			Name    string    `xml:"name,attr"`
			Time    string    `xml:"time,attr"`
			Failure *struct{} `xml:"failure"`
			Error   *struct{} `xml:"error"`
			Skipped *struct{} `xml:"skipped"`
		}
		if decoder.DecodeElement(&c, &start) != nil {
			return tests
		}
		if c.Skipped != nil {
			continue // it took no time, and has no span
		}
		name := scrub(strings.TrimPrefix(c.Class+"."+c.Name, "."))
		took, err := strconv.ParseFloat(c.Time, 64)
		if err != nil || took < 0 || took > 1e6 {
			took = 0
		}
		tests = append(tests, Test{
			Name: strings.ToValidUTF8(name[:min(len(name), longest)], ""), Took: time.Duration(took * float64(time.Second)),
			Failed: c.Failure != nil || c.Error != nil,
		})
	}
	return tests
}

// trace makes the test's span and gives its end. A report does not say when each test began: they follow each other.
func (t Test) trace(ctx context.Context, tracer trace.Tracer, began time.Time) time.Time {
	_, span := tracer.Start(ctx, t.Name, trace.WithTimestamp(began), trace.WithAttributes(semconv.TestCaseName(t.Name)))
	if t.Failed {
		span.SetAttributes(semconv.TestCaseResultStatusFail)
		span.SetStatus(codes.Error, "")
	} else {
		span.SetAttributes(semconv.TestCaseResultStatusPass)
	}
	end := began.Add(t.Took)
	span.End(trace.WithTimestamp(end))
	return end
}

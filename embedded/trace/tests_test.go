package trace

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestSpansOfTests(t *testing.T) {
	dir := t.TempDir()
	report := `<testsuites><testsuite name="a"><testcase classname="tests.test_a" name="test_one[hunter2]" time="0.5"/>` +
		`<testcase classname="tests.test_a" name="test_two" time="2"><failure message="no">text</failure></testcase>` +
		`<testcase name="left out" time="0"><skipped/></testcase><testsuite><testcase name="` + strings.Repeat("é", 200) + `" time="x"/></testsuite></testsuite>`
	if err := os.WriteFile(filepath.Join(dir, "junit.xml"), []byte(report), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := Tests([]string{t.TempDir(), dir}, func(s string) string { return strings.ReplaceAll(s, "hunter2", "***") })
	want := fmt.Sprint([]Test{{"tests.test_a.test_one[***]", 500 * time.Millisecond, false}, {"tests.test_a.test_two", 2 * time.Second, true}, {strings.Repeat("é", 150), 0, false}})
	if got := fmt.Sprint(tests); got != want {
		t.Fatalf("got\n%s\nwant\n%s", got, want)
	}

	got, err := received(t, 200, tests...)
	if err != nil {
		t.Fatal(err)
	}
	parents := map[string]string{}
	var lines []string
	for _, s := range got.ResourceSpans[0].ScopeSpans[0].Spans {
		parents[string(s.SpanId)] = s.Name
	}
	for _, s := range got.ResourceSpans[0].ScopeSpans[0].Spans {
		if strings.HasPrefix(s.Name, "tests.") {
			began := time.Duration(s.StartTimeUnixNano - uint64(began.UnixNano()))
			lines = append(lines, fmt.Sprintf("%s from %v, %s, below %s", s.Name, began, s.Attributes[1].Value.GetStringValue(), parents[string(s.ParentSpanId)]))
		}
	}
	const spans = "tests.test_a.test_one[***] from 3s, pass, below python3 -I /opt/pipeline/run.py test\n" +
		"tests.test_a.test_two from 3.5s, fail, below python3 -I /opt/pipeline/run.py test"
	if text := strings.Join(lines, "\n"); text != spans {
		t.Errorf("got\n%s\nwant\n%s", text, spans)
	}
}

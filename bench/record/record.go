// Package record is the raw result of a benchmark: one row for each pipeline run, as CSV.
package record

import (
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"reflect"
	"strconv"
	"strings"
)

// Row is one run of a pipeline. Times are in seconds, sizes in bytes.
type Row struct {
	Time     string `csv:"time"` // RFC 3339, UTC
	Arm      string `csv:"arm"`
	Scenario string `csv:"scenario"`
	// Size is the scenario's parameter: packages, jobs, services or a round trip in ms; 0 where it has none.
	Size int `csv:"size"`
	// Rep counts from 1; the runs of one repetition are in random order.
	Rep int     `csv:"rep"`
	OK  bool    `csv:"ok"`
	Sum float64 `csv:"seconds"` // of all jobs, one after another
	// Jobs are the jobs' own times: "test=1.2 package=0.8".
	Jobs string `csv:"jobs"`
	// Engine is the part of Sum in which an empty engine was started.
	Engine float64 `csv:"engine_seconds"`
	// CPU is the time that all processors of the machine spent on work of any kind.
	CPU    float64 `csv:"cpu_seconds"`
	Ran    int     `csv:"ran"`
	Reused int     `csv:"reused"`
	Built  int     `csv:"built"`
	// Up and Down are what registry clients sent and received, Index what the package proxy served.
	Up    int64 `csv:"registry_up"`
	Down  int64 `csv:"registry_down"`
	Index int64 `csv:"index_bytes"`
	// Kept is what the arm keeps for later runs; -1 where it was not measured.
	Kept int64 `csv:"kept_bytes"`
	// Load is the machine's 1-minute load average before the run, Free the free disk space.
	Load float64 `csv:"load"`
	Free int64   `csv:"disk_free"`
	Note string  `csv:"note"`
}

func columns() (names []string) {
	for _, f := range reflect.VisibleFields(reflect.TypeFor[Row]()) {
		names = append(names, f.Tag.Get("csv"))
	}
	return names
}

// Job is the time of one of the row's jobs; false when it has none of that name.
func (r Row) Job(name string) (seconds float64, ok bool) {
	for part := range strings.FieldsSeq(r.Jobs) {
		if n, value, _ := strings.Cut(part, "="); n == name {
			v, err := strconv.ParseFloat(value, 64)
			seconds, ok = seconds+v, err == nil
		}
	}
	return seconds, ok
}

// Writer writes rows as they come, so that a run that is broken off leaves what it measured.
type Writer struct {
	file *os.File
	csv  *csv.Writer
}

// Append goes on with a file that Create began.
func Append(path string) (*Writer, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return nil, fmt.Errorf("writing the results: %w", err)
	}
	return &Writer{f, csv.NewWriter(f)}, nil
}

// Create begins a file with the names of the columns.
func Create(path string) (*Writer, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("writing the results: %w", err)
	}
	w := &Writer{f, csv.NewWriter(f)}
	return w, w.line(columns())
}

func (w *Writer) line(fields []string) error {
	if err := w.csv.Write(fields); err != nil {
		return fmt.Errorf("writing the results: %w", err)
	}
	w.csv.Flush()
	return w.csv.Error()
}

// Write appends a row.
func (w *Writer) Write(r Row) error {
	v := reflect.ValueOf(r)
	var fields []string
	for i := range v.NumField() {
		switch value := v.Field(i).Interface().(type) {
		case float64:
			fields = append(fields, strconv.FormatFloat(value, 'f', 3, 64))
		default:
			fields = append(fields, fmt.Sprint(value))
		}
	}
	return w.line(fields)
}

// Close ends the file.
func (w *Writer) Close() error { return w.file.Close() }

// Read reads rows back.
func Read(in io.Reader) ([]Row, error) {
	lines, err := csv.NewReader(in).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("reading the results: %w", err)
	}
	want := columns()
	if len(lines) == 0 || strings.Join(lines[0], ",") != strings.Join(want, ",") {
		return nil, fmt.Errorf("reading the results: want the columns %s: measure again with this version", strings.Join(want, ","))
	}
	rows := make([]Row, len(lines)-1)
	for i, fields := range lines[1:] {
		v := reflect.ValueOf(&rows[i]).Elem()
		for j, text := range fields {
			if err := set(v.Field(j), text); err != nil {
				return nil, fmt.Errorf("reading the results: line %d, column %s: %w", i+2, want[j], err)
			}
		}
	}
	return rows, nil
}

func set(v reflect.Value, text string) (err error) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		var b bool
		b, err = strconv.ParseBool(text)
		v.SetBool(b)
	case reflect.Float64:
		var f float64
		f, err = strconv.ParseFloat(text, 64)
		v.SetFloat(f)
	default:
		var n int64
		n, err = strconv.ParseInt(text, 10, 64)
		v.SetInt(n)
	}
	return err
}

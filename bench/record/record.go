// Package record is the raw result of a benchmark: one row for each pipeline run, as CSV.
package record

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/jszwec/csvutil"
)

// Row is one run of a pipeline. Times are in seconds, sizes in bytes.
type Row struct {
	Time     string `csv:"time"` // RFC 3339, UTC
	Arm      string `csv:"arm"`
	Scenario string `csv:"scenario"`
	// Size is the scenario's parameter: how many jobs; 0 if it has none.
	Size int `csv:"size"`
	// Rep counts from 1; the runs of one repetition are in random order.
	Rep int     `csv:"rep"`
	OK  bool    `csv:"ok"`
	Sum float64 `csv:"seconds"` // of all jobs, one after another
	// Jobs are the jobs' own times: "test=1.2 package=0.8".
	Jobs string `csv:"jobs"`
	// CPU is the time that all processors of the machine spent on work of any kind.
	CPU    float64 `csv:"cpu_seconds"`
	Ran    int     `csv:"ran"`
	Reused int     `csv:"reused"`
	Built  int     `csv:"built"`
	// Up and Down are what registry clients sent and received, Index what the package proxy served.
	Up    int64 `csv:"registry_up"`
	Down  int64 `csv:"registry_down"`
	Index int64 `csv:"index_bytes"`
	// Kept is what the arm keeps for later runs; -1 if it was not measured.
	Kept int64 `csv:"kept_bytes"`
	// Load is the machine's 1-minute load average before the run.
	Load float64 `csv:"load"`
	Note string  `csv:"note"`
	// Line is what lay between the runner and registry, packages and archives: 100mbit,20ms. Empty: the same machine.
	Line string `csv:"line"`
}

// Job is the time of the row's jobs of a name; 0 if it has none.
func (r Row) Job(name string) (seconds float64) {
	for part := range strings.FieldsSeq(r.Jobs) {
		if n, value, _ := strings.Cut(part, "="); n == name {
			v, _ := strconv.ParseFloat(value, 64)
			seconds += v
		}
	}
	return seconds
}

// Writer writes rows as they come, so that an aborted run leaves what it measured.
type Writer struct {
	file *os.File
	csv  *csv.Writer
	rows *csvutil.Encoder
}

// Create creates a file with the names of the columns.
func Create(path string) (*Writer, error) { return open(path, os.O_CREATE|os.O_TRUNC, true) }

// Append continues a file that Create created.
func Append(path string) (*Writer, error) { return open(path, os.O_APPEND, false) }

func open(path string, how int, header bool) (*Writer, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|how, 0o644)
	if err != nil {
		return nil, fmt.Errorf("writing the results: %w", err)
	}
	w := &Writer{file: f, csv: csv.NewWriter(f)}
	w.rows = csvutil.NewEncoder(w.csv)
	w.rows.AutoHeader = header
	w.rows.WithMarshalers(csvutil.MarshalFunc(func(v float64) ([]byte, error) { return strconv.AppendFloat(nil, v, 'f', 3, 64), nil }))
	return w, nil
}

// Write appends a row.
func (w *Writer) Write(r Row) error {
	err := w.rows.Encode(r)
	w.csv.Flush()
	if err = errors.Join(err, w.csv.Error()); err != nil {
		return fmt.Errorf("writing the results: %w", err)
	}
	return nil
}

// Close ends the file.
func (w *Writer) Close() error { return w.file.Close() }

// Read reads the rows of a file.
func Read(path string) (rows []Row, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading the results: %w: measure first", err)
	}
	defer f.Close()
	d, err := csvutil.NewDecoder(csv.NewReader(f))
	if err == nil {
		d.DisallowMissingColumns = true
		err = d.Decode(&rows)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the results in %q: %w: measure again with this version", path, err)
	}
	return rows, nil
}

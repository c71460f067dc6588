package arm

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// count adds what a call did, from the session's summary.
func (r *Result) count(path string) error {
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) { // a call that needed no engine
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading the summary of a call: %w", err)
	}
	var summary struct {
		Steps []struct {
			Name         string
			Exec, Cached bool
		}
	}
	if err := json.Unmarshal(data, &summary); err != nil {
		return fmt.Errorf("reading the summary of a call: %w", err)
	}
	for _, s := range summary.Steps {
		switch {
		case !s.Exec:
		case s.Cached:
			r.Reused++
		default:
			r.Ran++
			if builds(s.Name) {
				r.Built++
			}
		}
	}
	return nil
}

// builds reports whether a command builds a container rather than do the job's work.
func builds(name string) bool {
	for _, work := range []string{"python3 -I /opt/pipeline/run.py ", "terraform ", "apply.sh ", "make-plan.sh "} {
		if strings.HasPrefix(name, work) {
			return false
		}
	}
	return true
}

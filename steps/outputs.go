package steps

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"dagger/pipeline/ci"
	"dagger/pipeline/tell"
)

// Outputs returns the environment's outputs, without the sensitive ones: as a
// JSON object, or in format "dotenv".
func Outputs(ctx context.Context, w Workspace, format string) (string, error) {
	if err := checkFormat(format); err != nil {
		return "", err
	}
	c, err := w.initialised(ctx)
	if err != nil {
		return "", err
	}
	c = c.WithExec([]string{"public-outputs.sh"}, anyExit)
	if err := check(ctx, c, []string{"terraform", "output"}, w.explain); err != nil {
		return "", err
	}
	out, err := c.Stdout(ctx)
	if err != nil || format == "json" {
		return strings.TrimSpace(out), err
	}
	return OutputsDotenv(out)
}

func checkFormat(format string) error {
	if format != "json" && format != "dotenv" {
		return fmt.Errorf("giving the outputs: no format %q: use json or dotenv", format)
	}
	return nil
}

// OutputsDotenv turns the JSON of Outputs into a dotenv report: OUTPUT_<NAME>
// for each output that such a report can hold, and ENVIRONMENT_URL for the one
// named url.
func OutputsDotenv(outputs string) (string, error) {
	var values map[string]any
	if err := json.Unmarshal([]byte(outputs), &values); err != nil {
		return "", tell.Errorf("reading the outputs: %w", err)
	}
	vars := map[string]string{}
	for name, v := range values {
		text, ok := v.(string)
		if !ok {
			b, err := json.Marshal(v)
			if err != nil {
				return "", err
			}
			text = string(b)
		}
		key := "OUTPUT_" + strings.ToUpper(notInKey.ReplaceAllString(name, "_"))
		if ci.CheckDotenv(key, text) == nil {
			vars[key] = text
		}
		if name == "url" && ci.CheckDotenv("ENVIRONMENT_URL", text) == nil {
			vars["ENVIRONMENT_URL"] = text
		}
	}
	return ci.Dotenv(vars, ci.DotenvLimits{})
}

var notInKey = regexp.MustCompile(`[^A-Za-z0-9_]`)

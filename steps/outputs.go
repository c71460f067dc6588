package steps

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"

	"dagger/pipeline/ci"
	"dagger/pipeline/tell"
)

// Outputs returns the environment's outputs, without the sensitive ones: as a
// JSON object, or as lines for variables, see outputLines.
func Outputs(ctx context.Context, w Workspace, format string) (string, error) {
	if err := checkFormat(format); err != nil {
		return "", err
	}
	c, err := w.initialised(ctx)
	if err != nil {
		return "", err
	}
	c = c.WithExec([]string{"public-outputs.sh"}, anyExit)
	if err := check(ctx, c, []string{"terraform", "output"}, w.explain(ctx)); err != nil {
		return "", err
	}
	out, err := c.Stdout(ctx)
	if err != nil || format == "json" {
		return strings.TrimSpace(out), err
	}
	return outputLines(out, format)
}

func checkFormat(format string) error {
	if format != "json" && format != "dotenv" && format != "env" {
		return fmt.Errorf("giving the outputs: no format %q: use json, dotenv or env", format)
	}
	return nil
}

// outputLines turns the JSON of Outputs into lines KEY=value: OUTPUT_<NAME> for each
// output that such a line can hold, and ENVIRONMENT_URL for the one named url. In
// format "dotenv" they are a report for GitLab, which fails a job whose report is
// over a limit: the deployment is done by then, so it gets the URL alone, and a line
// says so. Format "env" has no limit. What such a line cannot hold is named in another.
func outputLines(outputs, format string) (string, error) {
	var values map[string]any
	if err := json.Unmarshal([]byte(outputs), &values); err != nil {
		return "", tell.Errorf("reading the outputs: %w", err)
	}
	all, url, named := map[string]string{}, map[string]string{}, map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		key := "OUTPUT_" + strings.ToUpper(notInKey.ReplaceAllString(name, "_"))
		named[key] = append(named[key], name)
	}
	var left []string
	for key, names := range named {
		if len(names) > 1 {
			tell.Line(fmt.Sprintf("outputs: %s left out: they would all be %s: rename them (--format json gives all)", strings.Join(names, ", "), key))
			continue
		}
		name := names[0]
		text, ok := values[name].(string)
		if !ok {
			b, err := json.Marshal(values[name])
			if err != nil {
				return "", err
			}
			text = string(b)
		}
		if ci.CheckDotenv(key, text) == nil {
			all[key] = text
		} else {
			left = append(left, name)
		}
		if name == "url" && ci.CheckDotenv(environmentURL, text) == nil {
			all[environmentURL], url[environmentURL] = text, text
		}
	}
	if slices.Sort(left); len(left) > 0 {
		tell.Line(fmt.Sprintf("outputs: %s left out: a line KEY=value has no list, blank, quote or $ in it (--format json gives all)", strings.Join(left, ", ")))
	}
	if format == "env" {
		return ci.Dotenv(all, ci.DotenvLimits{Bytes: math.MaxInt, Variables: math.MaxInt})
	}
	text, err := ci.Dotenv(all, ci.DotenvLimits{})
	if err == nil {
		return text, nil
	}
	tell.Line(fmt.Sprintf("outputs: all but %s are left out: %v (--format env gives all, for others than GitLab or where its limits are higher)", environmentURL, err))
	if text, err = ci.Dotenv(url, ci.DotenvLimits{}); err != nil {
		return "", nil // the URL is too long for GitLab
	}
	return text, nil
}

const environmentURL = "ENVIRONMENT_URL"

var notInKey = regexp.MustCompile(`[^A-Za-z0-9_]`)

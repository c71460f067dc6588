package ci

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"dagger/pipeline/tests/ci/component"
)

// A rule is one property of the pipeline. It returns what is wrong, or nothing.
type rule struct {
	name  string
	check func(c component.Config) string
	// break violates the property: the rule must notice.
	breaks func(c component.Config)
}

// The jobs by what they do.
var (
	harmless = []string{"build-images", "build-package", "note", "unit-test"}
	stateful = []string{"chain-merge-request", "chain-production", "chain-staging", "deploy-production", "deploy-staging", "destroy-merge-request", "merge-request", "plan"}
	deploys  = map[string]string{
		"merge-request": "mr-$CI_MERGE_REQUEST_IID", "chain-merge-request": "mr-$CI_MERGE_REQUEST_IID",
		"deploy-staging": "staging", "chain-staging": "staging",
		"deploy-production": "production", "chain-production": "production",
	}
)

// rules are all of them.
var rules = slices.Concat(structure, contents)

// structure: which jobs there are, when they run, and what may run beside them.
var structure = []rule{
	{"the stages are the pipeline's", func(c component.Config) string {
		return differ(c["stages"], []any{"build images", "unit test", "build package", "plan", "merge request", "cleanup", "deploy"})
	}, func(c component.Config) { c["stages"] = []any{"deploy"} }},

	{"each job is known here", func(c component.Config) string {
		want := slices.Sorted(slices.Values(slices.Concat(harmless, stateful)))
		return differ(c.Jobs(), want)
	}, func(c component.Config) { c["more"] = map[string]any{"script": []any{"true"}} }},

	{"each job's stage is one of the stages", func(c component.Config) string {
		return each(c.Jobs(), func(name string) string {
			if stages, _ := c["stages"].([]any); !slices.Contains(stages, job(c, name)["stage"]) {
				return fmt.Sprintf("stage %v", job(c, name)["stage"])
			}
			return ""
		})
	}, func(c component.Config) { job(c, "plan")["stage"] = "test" }},

	{"each script is one line of dagger call, that of the note one for the page, too", func(c component.Config) string {
		return each(c.Jobs(), func(name string) string {
			script, _ := job(c, name)["script"].([]any)
			lines := 1
			if name == "note" {
				lines = 2
			}
			if len(script) != lines || slices.ContainsFunc(script, func(line any) bool {
				return !strings.HasPrefix(fmt.Sprint(line), "dagger call -q --source ") || strings.Contains(fmt.Sprint(line), "\n")
			}) {
				return fmt.Sprintf("script %q", script)
			}
			return ""
		})
	}, func(c component.Config) { job(c, "unit-test")["script"] = []any{"make test", "dagger call test"} }},

	{"a new commit stops build and test, and nothing that touches state", func(c component.Config) string {
		return each(c.Jobs(), func(name string) string {
			return differ(job(c, name)["interruptible"], slices.Contains(harmless, name))
		})
	}, func(c component.Config) { job(c, "merge-request")["interruptible"] = true }},

	{"what touches state is never retried", func(c component.Config) string {
		return each(stateful, func(name string) string { return differ(job(c, name)["retry"], nil) })
	}, func(c component.Config) { job(c, "deploy-staging")["retry"] = 2 }},

	{"environments, their URL and how they stop", func(c component.Config) string {
		for name, env := range deploys {
			want := map[string]any{"name": env, "url": "$ENVIRONMENT_URL"}
			if strings.HasPrefix(env, "mr-") {
				want["on_stop"], want["auto_stop_in"] = "destroy-merge-request", "1 week"
			}
			if d := differ(job(c, name)["environment"], want); d != "" {
				return name + ": " + d
			}
		}
		return differ(job(c, "destroy-merge-request")["environment"], map[string]any{"name": "mr-$CI_MERGE_REQUEST_IID", "action": "stop"})
	}, func(c component.Config) {
		component.At(job(c, "deploy-production"), "environment").(map[string]any)["auto_stop_in"] = "1 week"
	}},

	{"the URL comes from the dotenv report", func(c component.Config) string {
		for name := range deploys {
			if d := differ(component.At(job(c, name), "artifacts", "reports", "dotenv"), "pipeline-results/deploy.env"); d != "" {
				return name + ": " + d
			}
			after := fmt.Sprint(job(c, name)["after_script"])
			if !strings.Contains(after, `outputs --environment "$ENVIRONMENT" --format dotenv -o pipeline-results/deploy.env`) {
				return name + ": after_script " + after
			}
		}
		return ""
	}, func(c component.Config) { delete(job(c, "deploy-staging"), "after_script") }},

	{"one job at a time on each state, and the same group for all that share one", func(c component.Config) string {
		for name, env := range deploys {
			if d := differ(job(c, name)["resource_group"], env); d != "" {
				return name + ": " + d
			}
		}
		return differ(job(c, "destroy-merge-request")["resource_group"], "mr-$CI_MERGE_REQUEST_IID")
	}, func(c component.Config) { job(c, "destroy-merge-request")["resource_group"] = "destroy" }},

	{"the stop job is manual, needs no checkout and no artifact", func(c component.Config) string {
		stop := job(c, "destroy-merge-request")
		return first(
			differ(component.At(stop, "variables", "GIT_STRATEGY"), "none"),
			differ(stop["dependencies"], []any{}),
			differ(component.At(stop, "rules", 0, "when"), "manual"),
			differ(component.At(stop, "rules", 0, "allow_failure"), true),
			differ(strings.Contains(fmt.Sprint(stop["script"]), `--source "$(mktemp -d)" `), true),
		)
	}, func(c component.Config) {
		component.At(job(c, "destroy-merge-request"), "variables").(map[string]any)["GIT_STRATEGY"] = "fetch"
	}},

	{"what makes and what stops an environment run under the same conditions", func(c component.Config) string {
		// GitLab does not start a stop job that is not in the pipeline of its environment's job.
		shape := regexp.MustCompile(`\$PIPELINE_SHAPE == "(jobs|chain)" && `)
		stop := component.At(job(c, "destroy-merge-request"), "rules", 0, "if")
		for _, name := range []string{"merge-request", "chain-merge-request"} {
			if d := differ(shape.ReplaceAllString(fmt.Sprint(component.At(job(c, name), "rules", 0, "if")), ""), stop); d != "" {
				return name + ": " + d
			}
		}
		return ""
	}, func(c component.Config) {
		component.At(job(c, "destroy-merge-request"), "rules", 0).(map[string]any)["if"] = "$CI_MERGE_REQUEST_IID"
	}},

	{"a schedule deploys nothing", func(c component.Config) string {
		return each(slices.Concat(harmless, stateful), func(name string) string {
			list, _ := job(c, name)["rules"].([]any)
			for _, r := range list {
				if condition := fmt.Sprint(component.At(r, "if")); strings.Contains(condition, "$CI_COMMIT_BRANCH") && !strings.Contains(condition, ` && $CI_PIPELINE_SOURCE != "schedule" && `) {
					return "condition " + condition
				}
			}
			return ""
		})
	}, func(c component.Config) {
		component.At(job(c, "chain-production"), "rules", 0).(map[string]any)["if"] = `$CI_COMMIT_BRANCH == "main"`
	}},

	{"no environment for a merge request to production or from a fork", func(c component.Config) string {
		return each([]string{"merge-request", "chain-merge-request"}, func(name string) string {
			condition := fmt.Sprint(component.At(job(c, name), "rules", 0, "if"))
			for _, part := range []string{`$CI_MERGE_REQUEST_TARGET_BRANCH_NAME != "main"`, "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_MERGE_REQUEST_PROJECT_ID"} {
				if !strings.Contains(condition, " && "+part) {
					return "condition " + condition
				}
			}
			return ""
		})
	}, func(c component.Config) {
		component.At(job(c, "merge-request"), "rules", 0).(map[string]any)["if"] = "$CI_MERGE_REQUEST_IID"
	}},
}

package ci

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

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
	harmless = []string{"build-images", "build-package", "unit-test"}
	stateful = []string{"chain-merge-request", "chain-production", "chain-staging", "deploy-production", "deploy-staging", "destroy-merge-request", "merge-request", "plan"}
	deploys  = map[string]string{
		"merge-request": "mr-$CI_MERGE_REQUEST_IID", "chain-merge-request": "mr-$CI_MERGE_REQUEST_IID",
		"deploy-staging": "staging", "chain-staging": "staging",
		"deploy-production": "production", "chain-production": "production",
	}
)

var rules = []rule{
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

	{"each script is one line of dagger call", func(c component.Config) string {
		return each(c.Jobs(), func(name string) string {
			script, _ := job(c, name)["script"].([]any)
			if len(script) != 1 || !strings.HasPrefix(fmt.Sprint(script[0]), "dagger call -q --source ") || strings.Contains(fmt.Sprint(script[0]), "\n") {
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
			if d := differ(component.At(job(c, name), "artifacts", "reports", "dotenv"), "deploy.env"); d != "" {
				return name + ": " + d
			}
			after := fmt.Sprint(job(c, name)["after_script"])
			if !strings.Contains(after, `outputs --environment "$ENVIRONMENT" --format dotenv -o deploy.env`) {
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
			differ(strings.Contains(fmt.Sprint(stop["script"]), "--source . "), true),
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

	{"the package is kept for a week", func(c component.Config) string {
		return differ(job(c, "build-package")["artifacts"], map[string]any{"paths": []any{"artifact.zip"}, "expire_in": "1 week"})
	}, func(c component.Config) {
		delete(component.At(job(c, "build-package"), "artifacts").(map[string]any), "expire_in")
	}},

	{"deployments take the package of the pipeline", func(c component.Config) string {
		return each([]string{"merge-request", "deploy-staging", "deploy-production", "plan"}, func(name string) string {
			deps, _ := job(c, name)["dependencies"].([]any)
			return first(differ(slices.Contains(deps, any("build-package")), true),
				differ(strings.Contains(fmt.Sprint(job(c, name)["script"]), "--artifact artifact.zip"), true))
		})
	}, func(c component.Config) { job(c, "deploy-staging")["dependencies"] = []any{} }},

	{"reports of the tests, also of failed ones", func(c component.Config) string {
		return each([]string{"unit-test", "chain-merge-request", "chain-staging", "chain-production"}, func(name string) string {
			j := job(c, name)
			return first(
				differ(component.At(j, "artifacts", "when"), "always"),
				differ(component.At(j, "artifacts", "reports", "junit"), "reports/junit.xml"),
				differ(component.At(j, "artifacts", "reports", "coverage_report"), map[string]any{"coverage_format": "cobertura", "path": "reports/coverage.xml"}),
				differ(strings.Contains(fmt.Sprint(j["after_script"]), `test-reports --attempt "$CI_JOB_ID" -o reports`), true),
			)
		})
	}, func(c component.Config) {
		component.At(job(c, "unit-test"), "artifacts").(map[string]any)["when"] = "on_success"
	}},

	{"a retried job runs the tests again, and the reports are of that run", func(c component.Config) string {
		return each([]string{"unit-test", "chain-merge-request", "chain-staging", "chain-production"}, func(name string) string {
			return first(differ(strings.Count(fmt.Sprint(job(c, name)["script"]), `--attempt "$CI_JOB_ID"`), 1),
				differ(strings.Count(fmt.Sprint(job(c, name)["after_script"]), `--attempt "$CI_JOB_ID"`), 1))
		})
	}, func(c component.Config) { job(c, "unit-test")["after_script"] = []any{"dagger call test-reports"} }},

	{"without a registry nothing is pushed", func(c component.Config) string {
		return first(differ(component.At(job(c, "build-images"), "rules", 0, "when"), "never"),
			differ(component.At(job(c, "build-images"), "rules", 0, "if"), `$PIPELINE_IMAGES == "none"`))
	}, func(c component.Config) { job(c, "build-images")["rules"] = job(c, "plan")["rules"] }},

	{"the coverage is found in the job's log", func(c component.Config) string {
		return each([]string{"unit-test", "chain-merge-request"}, func(name string) string {
			pattern := strings.Trim(fmt.Sprint(job(c, name)["coverage"]), "/")
			re, err := regexp.Compile(pattern)
			if err != nil {
				return err.Error()
			}
			return differ(re.FindString("141 tests passed, 2 skipped, coverage 99.6%"), "coverage 99.6%")
		})
	}, func(c component.Config) { job(c, "unit-test")["coverage"] = `/TOTAL.*%/` }},

	{"plans are for the project's developers only, and their counts for the merge request", func(c component.Config) string {
		return differ(job(c, "plan")["artifacts"], map[string]any{"access": "developer", "expire_in": "1 week", "paths": []any{"plan/"},
			"reports": map[string]any{"terraform": "plan/plan.json"}})
	}, func(c component.Config) { delete(component.At(job(c, "plan"), "artifacts").(map[string]any), "access") }},

	{"each job gets an ID token for AWS, as long as its time limit", func(c component.Config) string {
		return each(c.Jobs(), func(name string) string {
			return first(
				differ(component.At(job(c, name), "id_tokens", "AWS_ID_TOKEN", "aud"), "https://gitlab.com"),
				differ(strings.Contains(fmt.Sprint(component.At(job(c, name), "variables", "PIPELINE_AWS")), "--web-identity-token=env://AWS_ID_TOKEN"), true),
				differ(job(c, name)["timeout"], "60 minutes"),
			)
		})
	}, func(c component.Config) { delete(job(c, "plan"), "id_tokens") }},

	{"secrets are named, never given", func(c component.Config) string {
		text, err := yaml.Marshal(map[string]any(c))
		if err != nil {
			return err.Error()
		}
		secret := regexp.MustCompile(`--(web-identity-token|aws-access-key-id|aws-secret-access-key|aws-session-token|registry-password|plan-key)=(\S*)`)
		for _, m := range secret.FindAllStringSubmatch(string(text), -1) {
			if !regexp.MustCompile(`^env://[A-Z_]+$`).MatchString(m[2]) {
				return m[0]
			}
		}
		return ""
	}, func(c component.Config) {
		component.At(job(c, "plan"), "variables").(map[string]any)["PIPELINE_AWS"] = "--aws-secret-access-key=$AWS_SECRET_ACCESS_KEY"
	}},

	{"a merge request and its branch do not both run", func(c component.Config) string {
		got, _ := component.At(c["workflow"], "rules").([]any)
		for _, r := range got {
			condition := fmt.Sprint(component.At(r, "if"))
			// A rule for branches must name its branch: any other is what doubles pipelines.
			if !strings.HasPrefix(condition, `$CI_PIPELINE_SOURCE == "merge_request_event"`) && !regexp.MustCompile(`^\$CI_COMMIT_BRANCH == "[a-z]+"( && \$CI_COMMIT_REF_PROTECTED == "true"( && \$PIPELINE_PROTECTED_ROLE != "")?)?$`).MatchString(condition) {
				return condition
			}
		}
		return first(differ(len(got), 9), differ(component.At(got, 0, "when"), "never"), differ(component.At(got, 1, "when"), "never"),
			differ(component.At(c["workflow"], "auto_cancel", "on_new_commit"), "interruptible"))
	}, func(c component.Config) {
		w := c["workflow"].(map[string]any)
		w["rules"] = append(w["rules"].([]any), map[string]any{"if": "$CI_COMMIT_BRANCH"})
	}},

	{"only a protected branch's pipeline is protected, with its role where there is one", func(c component.Config) string {
		got, _ := component.At(c["workflow"], "rules").([]any)
		for _, r := range got {
			condition, role := fmt.Sprint(component.At(r, "if")), any(nil)
			trust := component.At(r, "variables", "PIPELINE_TRUST")
			protected := strings.HasPrefix(condition, "$CI_COMMIT_BRANCH == ") && strings.Contains(condition, ` && $CI_COMMIT_REF_PROTECTED == "true"`)
			if strings.HasSuffix(condition, ` && $PIPELINE_PROTECTED_ROLE != ""`) {
				role = c["variables"].(map[string]any)["PIPELINE_PROTECTED_ROLE"]
			}
			want := any(nil)
			if protected {
				want = "protected"
			}
			if d := first(differ(trust, want), differ(component.At(r, "variables", "PIPELINE_ROLE"), role)); d != "" {
				return condition + ": " + d
			}
		}
		variables := c["variables"].(map[string]any)
		return first(differ(variables["PIPELINE_TRUST"], "open"), differ(strings.Contains(fmt.Sprint(variables["PIPELINE_FLAGS"]), "--trust=$PIPELINE_TRUST "), true))
	}, func(c component.Config) {
		component.At(c["workflow"], "rules", 2).(map[string]any)["variables"] = map[string]any{"PIPELINE_TRUST": "protected"}
	}},

	{"staging deploys to staging and main to production", func(c component.Config) string {
		want := map[string][2]string{
			"deploy-staging": {"staging", `$PIPELINE_SHAPE == "jobs" && $CI_COMMIT_BRANCH == "staging"`}, "chain-staging": {"staging", `$PIPELINE_SHAPE == "chain" && $CI_COMMIT_BRANCH == "staging"`},
			"deploy-production": {"prod", `$PIPELINE_SHAPE == "jobs" && $CI_COMMIT_BRANCH == "main"`}, "chain-production": {"prod", `$PIPELINE_SHAPE == "chain" && $CI_COMMIT_BRANCH == "main"`},
		}
		for name, w := range want {
			list, _ := job(c, name)["rules"].([]any)
			if len(list) == 0 {
				return name + ": no rules"
			}
			last := list[len(list)-1]
			if d := first(differ(component.At(last, "if"), w[1]), differ(component.At(last, "variables", "ENVIRONMENT"), w[0])); d != "" {
				return name + ": " + d
			}
		}
		return ""
	}, func(c component.Config) {
		component.At(job(c, "deploy-staging"), "rules", 0, "variables").(map[string]any)["ENVIRONMENT"] = "prod"
	}},
}

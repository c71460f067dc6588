package ci

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"dagger/pipeline/tests/ci/component"
)

// contents: what a job takes, gives and is given.
var contents = []rule{
	{"the package is kept for a week", func(c component.Config) string {
		return differ(job(c, "build-package")["artifacts"], map[string]any{"paths": []any{"pipeline-results/artifact.zip", "pipeline-results/artifacts/"}, "expire_in": "1 week"})
	}, func(c component.Config) {
		delete(component.At(job(c, "build-package"), "artifacts").(map[string]any), "expire_in")
	}},

	{"deployments take the package of the pipeline", func(c component.Config) string {
		return each([]string{"merge-request", "deploy-staging", "deploy-production", "plan"}, func(name string) string {
			deps, _ := job(c, name)["dependencies"].([]any)
			return first(differ(slices.Contains(deps, any("build-package")), true),
				differ(component.At(job(c, name), "variables", "PIPELINE_PACKAGE"), "--artifact pipeline-results/artifact.zip"),
				differ(strings.Contains(fmt.Sprint(job(c, name)["script"]), " $PIPELINE_PACKAGE "), true))
		})
	}, func(c component.Config) { job(c, "deploy-staging")["dependencies"] = []any{} }},

	{"reports of the tests, also of failed ones", func(c component.Config) string {
		return each([]string{"unit-test", "chain-merge-request", "chain-staging", "chain-production"}, func(name string) string {
			j := job(c, name)
			return first(
				differ(component.At(j, "artifacts", "when"), "always"),
				differ(component.At(j, "artifacts", "reports", "junit"), "pipeline-results/reports/junit.xml"),
				differ(component.At(j, "artifacts", "reports", "coverage_report"), map[string]any{"coverage_format": "cobertura", "path": "pipeline-results/reports/coverage.xml"}),
				differ(strings.Contains(fmt.Sprint(j["after_script"]), `test-reports --environment "$ENVIRONMENT" --attempt "$PIPELINE_ATTEMPT" -o pipeline-results/reports`), true),
			)
		})
	}, func(c component.Config) {
		component.At(job(c, "unit-test"), "artifacts").(map[string]any)["when"] = "on_success"
	}},

	{"tests that passed can be made to run again, and the reports are of that run", func(c component.Config) string {
		return each([]string{"unit-test", "chain-merge-request", "chain-staging", "chain-production"}, func(name string) string {
			return first(differ(strings.Count(fmt.Sprint(job(c, name)["script"]), `--attempt "$PIPELINE_ATTEMPT"`), 1),
				differ(strings.Count(fmt.Sprint(job(c, name)["after_script"]), `--attempt "$PIPELINE_ATTEMPT"`), 1))
		})
	}, func(c component.Config) { job(c, "unit-test")["after_script"] = []any{"dagger call test-reports"} }},

	{"a merge request saves no plan, so that its jobs need no plan key", func(c component.Config) string {
		return each([]string{"plan", "merge-request", "chain-merge-request"}, func(name string) string {
			for _, r := range job(c, name)["rules"].([]any) {
				if strings.Contains(fmt.Sprint(component.At(r, "if")), "$CI_MERGE_REQUEST_IID") {
					for _, variable := range []string{"PIPELINE_SAVE_PLAN", "PIPELINE_SAVED_PLAN"} {
						if v := component.At(r, "variables", variable); v != "" && !(name == "chain-merge-request" && variable == "PIPELINE_SAVED_PLAN") {
							return fmt.Sprintf("%s is %v", variable, v)
						}
					}
				}
			}
			return ""
		})
	}, func(c component.Config) {
		delete(component.At(job(c, "chain-merge-request"), "rules", 0, "variables").(map[string]any), "PIPELINE_SAVE_PLAN")
	}},

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
		return differ(job(c, "plan")["artifacts"], map[string]any{"access": "developer", "expire_in": "1 week", "paths": []any{"pipeline-results/plan/"},
			"reports": map[string]any{"terraform": []any{"pipeline-results/plan/plan.json", "pipeline-results/plan/**/plan.json"}}})
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
		secret := regexp.MustCompile(`--(web-identity-token|aws-access-key-id|aws-secret-access-key|aws-session-token|registry-password|plan-key|note-token)=(\S*)`)
		for _, m := range secret.FindAllStringSubmatch(string(text), -1) {
			if !regexp.MustCompile(`^env://[A-Z_]+$`).MatchString(strings.TrimSuffix(m[2], "}")) {
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
			"deploy-staging": {"staging", `$PIPELINE_SHAPE == "jobs" && $CI_PIPELINE_SOURCE != "schedule" && $CI_COMMIT_BRANCH == "staging"`}, "chain-staging": {"staging", `$PIPELINE_SHAPE == "chain" && $CI_PIPELINE_SOURCE != "schedule" && $CI_COMMIT_BRANCH == "staging"`},
			"deploy-production": {"prod", `$PIPELINE_SHAPE == "jobs" && $CI_PIPELINE_SOURCE != "schedule" && $CI_COMMIT_BRANCH == "main"`}, "chain-production": {"prod", `$PIPELINE_SHAPE == "chain" && $CI_PIPELINE_SOURCE != "schedule" && $CI_COMMIT_BRANCH == "main"`},
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

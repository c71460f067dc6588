package steps

import "testing"

// Where no Makefile runs pytest, it is its own output alone that tells.
func TestExplainNoTests(t *testing.T) {
	for _, said := range []string{
		"rootdir: /app\ncollected 0 items\n\n============================ no tests ran in 0.01s =============================\n",
		"collected 3 items / 3 deselected / 0 selected\n\n============================ 3 deselected in 0.02s =============================\n",
	} {
		if got := ExplainTests("", said, "pipeline: running pytest\n"); got != noTests {
			t.Errorf("%s: %s", said, got)
		}
	}
}

// What libraries say of a setting without a value, as pytest shows it.
func TestExplainSettings(t *testing.T) {
	const give = "in [tool.pipeline.test] variables, or with --test-secrets"
	for said, want := range map[string]string{
		"E       decouple.UndefinedValueError: SECRET_KEY not found. Declare it as envvar or define a default value.\n": `the variable "SECRET_KEY" is not set: give it ` + give,
		"E       django.core.exceptions.ImproperlyConfigured: Set the DATABASE_URL environment variable\n":              `the variable "DATABASE_URL" is not set: give it ` + give,
		"E       environs.exceptions.EnvError: Environment variable \"API_URL\" not set\n":                              `the variable "API_URL" is not set: give it ` + give,
		"E       KeyError: \"Config 'TOKEN' is missing, and has no default.\"\n":                                        `the variable "TOKEN" is not set: give it ` + give,
		"E       pydantic_core._pydantic_core.ValidationError: 2 validation errors for AppSettings\nE       database_url\nE         Field required [type=missing, input_value={'a': 'b'}, input_type=dict]\nE           For further information visit https://errors.pydantic.dev/2.10/v/missing\n": `AppSettings has no value for "database_url": where these are settings, give its variable ` + give,
		"E       pydantic.error_wrappers.ValidationError: 1 validation error for Settings\nE       auth_key\nE         field required (type=value_error.missing)\n":                                                                                                                                 `Settings has no value for "auth_key": where these are settings, give its variable ` + give,
		"E           botocore.exceptions.NoRegionError: You must specify a region.\n":             "the tests name no region of AWS: give AWS_DEFAULT_REGION " + give,
		"E           botocore.exceptions.NoCredentialsError: Unable to locate credentials\n":      "the tests call AWS, and the run's credentials are not given to them: let them use a stand-in such as moto, or give AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY " + give,
		"E   botocore.exceptions.ProfileNotFound: The config profile (team) could not be found\n": `there is no profile "team" of AWS in the containers: give AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY ` + give,
	} {
		if got := ExplainTests("", said, ""); got != want {
			t.Errorf("%s:\n got %s\nwant %s", said, got, want)
		}
	}
}

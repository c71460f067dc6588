package steps

import (
	"strings"
	"testing"
	"testing/fstest"
)

// A project whose root modules Terragrunt writes is told that, and not of a directory that
// is not there.
func TestOnlyTerragrunt(t *testing.T) {
	file := &fstest.MapFile{}
	err := onlyTerragrunt(fstest.MapFS{"live/prod/app/terragrunt.hcl": file, "modules/app/main.tf": file})
	if err == nil || !strings.Contains(err.Error(), "live/prod/app/terragrunt.hcl is Terragrunt's") {
		t.Error(err)
	}
	if err := onlyTerragrunt(fstest.MapFS{"src/app.py": file, "tests/terragrunt.hcl": file}); err != nil {
		t.Error(err)
	}
}

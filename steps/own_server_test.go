package steps

import (
	"strings"
	"testing"
)

// What a merge request's environment has on a server of its own is destroyed with it,
// whatever prod has of that name on its own one.
func TestServersOfEnvironments(t *testing.T) {
	const (
		role = "resource \"postgresql_role\" \"app\" {}\n"
		want = `postgresql_role.app (app) is in the state of "prod", too`
	)
	held := stateWith("a", `postgresql_role.app={"id":"app"}`)
	theirs := stateWith("b", `postgresql_role.app={"id":"app"}`)
	for text, shared := range map[string]bool{
		"provider \"postgresql\" { host = aws_db_instance.it.address }\n":                        false,
		"provider \"postgresql\" { host = \"orders-${var.environment}.db\" }\n":                  false,
		"provider \"postgresql\" { host = var.db }\nvariable \"db\" {}\n":                        false, // the table gives it
		"provider \"postgresql\" { host = var.other }\nvariable \"other\" {}\n":                  true,
		"provider \"postgresql\" {\n host = \"db\"\n password = aws_ssm_parameter.it.value\n}\n": true,
		"provider \"postgresql\" { host = random_pet.it.id }\n":                                  true,
		"": true,
	} {
		c := contact{files: []string{"infra/main.tf", queue + role + text}, environment: "mr-7", ends: true, states: bucketOf{"b/shop/mr-7/terraform.tfstate": held, "b/shop/prod/terraform.tfstate": theirs}}
		c.set.Variables = map[string]string{"db": "{environment}.db"}
		err := c.meet(t)
		if shared != (err != nil && strings.Contains(err.Error(), want)) || !shared && err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

package rootmodule

import (
	"slices"
	"testing"
)

// What a provider's server is made of is found through locals, data sources and calls.
func TestServers(t *testing.T) {
	const rest = `
locals {
  host   = data.aws_db_instance.it.address
  chosen = var.environment == "prod" ? aws_db_instance.it.address : "db-dev"
  hosts  = { prod = "db-prod" }
}
data "aws_db_instance" "it" { db_instance_identifier = aws_db_instance.it.id }
data "aws_db_instance" "other" {
  db_instance_identifier = "shared"
  tags                   = { env = var.environment }
}
module "eks" { name = "orders-${var.environment}" }
`
	for text, want := range map[string][][]string{
		`provider "x" { host = aws_db_instance.it.address }`:                              {{"aws_db_instance.it"}},
		`provider "x" { host = local.host }`:                                              {{"aws_db_instance.it"}},
		`provider "x" { host = data.aws_db_instance.other.address }`:                      {nil},
		"provider \"x\" {\n kubernetes {\n  host = module.eks.cluster_endpoint\n }\n}":    {{"var.environment"}},
		`provider "x" { kubernetes = { host = module.eks.cluster_endpoint } }`:            {{"var.environment"}},
		"provider \"x\" {\n host = \"db\"\n password = random_password.it.result\n}":      {nil},
		"provider \"x\" { host = var.a }\nprovider \"x\" {\n alias = \"b\"\n}":            {{"var.a"}, nil},
		`provider "x" { host = var.environment == "prod" ? "db-prod" : "db-dev" }`:        {nil},
		`provider "x" { host = local.chosen }`:                                            {nil},
		`provider "x" { host = lookup(local.hosts, var.environment, "db-dev") }`:          {nil},
		`provider "x" { host = local.hosts[var.environment] }`:                            {nil},
		`provider "x" { host = try(aws_db_instance.it[0].address, "db-dev") }`:            {nil},
		`provider "x" { host = try(aws_db_instance.it[0].address, "") }`:                  {{"aws_db_instance.it"}},
		`provider "x" { host = var.environment == "prod" ? "db-prod" : null }`:            {nil},
		`provider "x" { host = element(concat(aws_db_instance.it[*].address, [""]), 0) }`: {{"aws_db_instance.it"}},
		`provider "x" { host = aws_db_instance.it[0].address }`:                           {{"aws_db_instance.it"}},
		`provider "x" { host = "db.${var.environment}.example.com" }`:                     {{"var.environment"}},
		`provider "x" {}`: {nil},
		``:                nil,
	} {
		got := readRoot(t, "infra", "infra/main.tf", rest+text).Servers["x"]
		if !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	const own = `provider "x" { host = aws_db_instance.it.address }`
	for name, more := range map[string][]string{
		"JSON":        {"infra/more.tf.json", `{"provider": {"x": {"alias": "b"}}}`},
		"in a module": {"infra/m/main.tf", `provider "x" { host = "shared" }`},
	} {
		got := readRoot(t, "infra", append(more, "infra/main.tf", own+"\nmodule \"m\" { source = \"./m\" }")...).Servers["x"]
		if len(got) != 2 || !slices.ContainsFunc(got, func(refs []string) bool { return len(refs) == 0 }) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

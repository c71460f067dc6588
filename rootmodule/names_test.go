package rootmodule

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// What names of resources are made of: a password is no name, nor is a variable that
// no name has in it.
func TestNames(t *testing.T) {
	const (
		pet   = "resource \"random_pet\" \"it\" {}\n"
		queue = "resource \"aws_sqs_queue\" \"q\" {\n name = \"orders\"\n}\n"
	)
	for name, test := range map[string]struct {
		files  []string
		by     string
		random bool
	}{
		"fixed":                       {[]string{queue}, "", false},
		"a password":                  {[]string{queue + "resource \"random_password\" \"db\" {}\nresource \"aws_db_instance\" \"d\" {\n identifier = \"d\"\n password = random_password.db.result\n}"}, "", false},
		"a password in a name":        {[]string{"resource \"random_password\" \"db\" {}\nresource \"a\" \"d\" {\n name = random_password.db.result\n}"}, "", false},
		"a string for a password":     {[]string{queue + "resource \"random_string\" \"db\" {}\nresource \"a\" \"d\" {\n password = random_string.db.result\n}"}, "", false},
		"a random one that is unused": {[]string{queue + pet}, "", false},
		"a random name":               {[]string{pet + "resource \"a\" \"b\" {\n bucket = \"orders-${random_pet.it.id}\"\n}"}, "", true},
		"by an index":                 {[]string{"resource \"a\" \"b\" {\n name_prefix = format(\"%s\", random_id.it[0].hex)\n}"}, "", true},
		"through locals":              {[]string{"locals {\n a = random_pet.it.id\n}\n", "locals {\n b = \"x-${local.a}\"\n}\nresource \"a\" \"b\" {\n function_name = local.b\n}"}, "", true},
		"through for_each":            {[]string{"resource \"a\" \"b\" {\n for_each = toset([var.env])\n name = each.key\n}"}, "env", false},
		"in a nested block":           {[]string{"resource \"a\" \"b\" {\n c {\n  cluster_identifier = random_uuid.it.result\n }\n}"}, "", true},
		"as the tag Name":             {[]string{"resource \"a\" \"b\" {\n tags = merge({ x = var.x }, { Name = \"v-${var.env}\" })\n}"}, "env", false},
		"as another tag":              {[]string{"resource \"a\" \"b\" {\n tags = { env = var.env }\n}"}, "", false},
		"into a module":               {[]string{"module \"m\" {\n source = \"example.com/m\"\n settings = { a = random_pet.it.id, b = var.env }\n}"}, "env", true},
		"a password into a module":    {[]string{"module \"m\" {\n source = \"example.com/m\"\n master = random_string.it.result\n secret = random_password.it.result\n}"}, "", false},
		"a suffix into a module":      {[]string{"module \"m\" {\n source = \"example.com/m\"\n suffix = random_string.it.result\n}"}, "", true},
		"by a workspace":              {[]string{"locals {\n env = lookup({ default = \"dev\" }, terraform.workspace, terraform.workspace)\n}\nresource \"a\" \"b\" {\n name = local.env\n}"}, "terraform.workspace", false},
		"a workspace in a tag":        {[]string{queue + "resource \"a\" \"b\" {\n tags = { env = terraform.workspace }\n}"}, "", false},
		"by what is looked up":        {[]string{"data \"aws_ssm_parameter\" \"n\" {\n name = \"/${var.env}/name\"\n}\nresource \"a\" \"b\" {\n bucket = data.aws_ssm_parameter.n.value\n}"}, "env", false},
		"another is looked up":        {[]string{"data \"a\" \"n\" {\n name = var.env\n}\ndata \"a\" \"m\" {}\nresource \"a\" \"b\" {\n bucket = data.a.m.value\n}"}, "", false},
		"looked up in JSON":           {[]string{`{"data":{"a":{"n":{"name":"${var.env}"}}},"resource":{"a":{"b":{"name":"${data.a.n.value}"}}}}`}, "env", false},
		"in JSON":                     {[]string{`{"locals":[{"n":"x-${random_pet.it.id}"}],"resource":{"a":{"b":{"c":[{"name":"${local.n}-${var.env}"}],"note":"${var.note}"}}},"module":{"m":{"source":"x","stage":"${var.stage}"}}}`}, "env stage", true},
	} {
		var files []string
		for i, text := range test.files {
			file := "infra/" + string(rune('a'+i)) + ".tf"
			if strings.HasPrefix(text, "{") {
				file += ".json"
			}
			files = append(files, file, text)
		}
		m := readRoot(t, "infra", files...)
		if !m.Names && test.by != "" && name != "as the tag Name" && name != "into a module" {
			t.Errorf("%s: it names nothing", name)
		}
		if by := strings.Join(slices.Sorted(maps.Keys(m.NamedBy)), " "); by != test.by || m.RandomNames != test.random {
			t.Errorf("%s: by %q, random %t, want %q, %t", name, by, m.RandomNames, test.by, test.random)
		}
	}
	if m := readRoot(t, "infra", "infra/main.tf", "resource \"aws_vpc\" \"it\" {\n cidr_block = \"10.0.0.0/16\"\n tags = { env = var.environment }\n}"); m.Names {
		t.Error("a resource without a name is taken for one that has one")
	}
	called := readRoot(t, "infra", "infra/main.tf", "module \"m\" {\n source = \"./m\"\n}", "infra/m/main.tf", "resource \"random_id\" \"it\" {}\noutput \"suffix\" {\n value = random_id.it.hex\n}\nvariable \"v\" {}\nresource \"a\" \"b\" {\n name = var.v\n}")
	if !called.RandomNames || len(called.NamedBy) > 0 {
		t.Errorf("of a called module: %t, %v", called.RandomNames, called.NamedBy)
	}
}

// A random name of one resource keeps no other apart: AWS gives a queue again to
// whoever makes one of its name.
func TestFixedNames(t *testing.T) {
	const random = "resource \"random_id\" \"s\" {}\nresource \"aws_s3_bucket\" \"b\" {\n bucket = \"b-${random_id.s.hex}\"\n}\n"
	for name, test := range map[string]struct{ text, want string }{
		"a queue":        {"resource \"aws_sqs_queue\" \"it\" {\n name = \"orders\"\n}", "aws_sqs_queue.it"},
		"an alarm":       {"resource \"aws_cloudwatch_metric_alarm\" \"it\" {\n alarm_name = \"orders\"\n}", "aws_cloudwatch_metric_alarm.it"},
		"a cluster":      {"resource \"aws_ecs_cluster\" \"it\" {\n name = \"orders\"\n}", "aws_ecs_cluster.it"},
		"a bucket":       {"resource \"aws_s3_bucket\" \"it\" {\n bucket = \"orders\"\n}", "aws_s3_bucket.it"},
		"a sender":       {"resource \"aws_ses_domain_identity\" \"it\" {\n domain = \"orders\"\n}", "aws_ses_domain_identity.it"},
		"a reference":    {"resource \"aws_sqs_queue\" \"it\" {\n name = \"orders-${random_id.s.hex}\"\n}", ""},
		"no name":        {"resource \"aws_sqs_queue\" \"it\" {}", ""},
		"once":           {"resource \"aws_sns_topic\" \"it\" {\n count = var.n\n name = \"orders\"\n}", ""},
		"elsewhere":      {"resource \"aws_sns_topic\" \"it\" {\n provider = aws.shared\n name = \"orders\"\n}", ""},
		"on its own bus": {"resource \"aws_cloudwatch_event_rule\" \"it\" {\n event_bus_name = var.bus\n name = \"orders\"\n}", ""},
		"refused by AWS": {"resource \"aws_dynamodb_table\" \"it\" {\n name = \"orders\"\n}", ""},
		"in JSON":        {`{"resource":{"aws_sqs_queue":{"a":{"name":"orders"},"b":{"name":"${var.n}"}}}}`, "aws_sqs_queue.a"},
	} {
		file := "infra/x.tf"
		if strings.HasPrefix(test.text, "{") {
			file += ".json"
		}
		m := readRoot(t, "infra", "infra/main.tf", random, file, test.text)
		want := []Fixed{{test.want, "orders"}}
		if test.want == "" {
			want = nil
		}
		if !slices.Equal(m.Fixed, want) || !m.RandomNames {
			t.Errorf("%s: %q, random %t, want %q", name, m.Fixed, m.RandomNames, want)
		}
	}
}

// What only chooses between names is in none: two environments may get the same one.
func TestChosenNames(t *testing.T) {
	for text, want := range map[string]string{
		`var.environment == "prod" ? "live" : "dev"`:                             "?environment",
		`"orders-${var.environment == "prod" ? "live" : "dev"}"`:                 "?environment",
		`lower(format("orders-%s", var.environment == "prod" ? "live" : "dev"))`: "?environment",
		`lookup(local.names, var.environment, "dev")`:                            "?environment",
		`try(local.names[var.environment], "dev")`:                               "?environment",
		`local.prod ? "live" : "dev"`:                                            "?environment",
		`(var.environment == "prod" ? "live" : local.prefix)`:                    "?environment prefix",
		`local.stage`: "?environment",
		`startswith(var.environment, "mr-") ? "dev" : var.environment`:              "environment",
		`var.prefix != "" ? var.prefix : "orders-${var.environment}"`:               "environment prefix",
		`coalesce(var.prefix, "orders-${var.environment}")`:                         "environment prefix",
		`local.names[var.environment]`:                                              "environment",
		`try(var.prefix, var.environment)`:                                          "environment prefix",
		`try(local.names[var.environment], var.environment)`:                        "environment",
		`lookup({ default = "dev" }, terraform.workspace, terraform.workspace)`:     "terraform.workspace",
		`"${var.environment == "prod" ? "live" : "dev"}-${var.environment}-orders"`: "environment",
	} {
		const locals = "locals {\n names = { prod = \"live\" }\n prod = var.environment == \"prod\"\n stage = local.prod ? \"live\" : \"dev\"\n prefix = var.prefix\n}\n"
		m := readRoot(t, "infra", "infra/main.tf", locals+"resource \"a\" \"b\" {\n name = "+text+"\n}")
		var got []string
		for name := range m.ChosenBy {
			if !m.NamedBy[name] {
				got = append(got, choosing+name)
			}
		}
		got = append(got, slices.Sorted(maps.Keys(m.NamedBy))...)
		if by := strings.Join(got, " "); by != want {
			t.Errorf("%s: by %q, want %q", text, by, want)
		}
	}
	m := readRoot(t, "infra", "infra/main.tf.json", `{"locals":{"stage":"${var.environment == \"prod\" ? \"live\" : \"dev\"}"},"resource":{"a":{"b":{"name":"x-${local.stage}"}}}}`)
	if len(m.NamedBy) > 0 || !m.ChosenBy["environment"] {
		t.Errorf("in JSON: %v, %v", m.NamedBy, m.ChosenBy)
	}
}

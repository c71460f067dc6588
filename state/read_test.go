package state

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"dagger/pipeline/aws/awstest"
)

func TestReadState(t *testing.T) {
	const full = `{"version":4,"resources":[
		{"mode":"managed","type":"aws_s3_bucket","name":"it","instances":[{"attributes":{"arn":"arn:aws:sns:us-west-2:123456789012:t"}}]},
		{"mode":"managed","module":"module.net[\"a.b\"].module.in","type":"aws_vpc","name":"v"},
		{"mode":"managed","module":"module.net","type":"aws_vpc","name":"w"},
		{"mode":"managed","type":"aws_acm_certificate","name":"c","provider":"provider[\"registry.terraform.io/hashicorp/aws\"].global","instances":[{"attributes":{"arn":"arn:aws:acm:us-east-1:210987654321:c"}}]},
		{"mode":"managed","type":"aws_cloudfront_distribution","name":"d","provider":"provider[\"registry.terraform.io/hashicorp/aws\"]","instances":[{"attributes":{"arn":"arn:aws:cloudfront::123456789012:d","certificate":"arn:aws:acm:us-east-1:210987654321:c"}}]},
		{"mode":"data","type":"aws_region","name":"now"}]}`
	for name, test := range map[string]struct {
		object string
		want   Object
	}{
		"none":      {"", Object{}},
		"full":      {full, Object{Exists: true, Known: true, Addresses: []string{"aws_acm_certificate.c", "aws_cloudfront_distribution.d", "aws_s3_bucket.it", "module.net"}}},
		"large":     {strings.Replace(full, "{", `{"padding":"`+strings.Repeat("x", mostBytes)+`",`, 1), Object{Exists: true, Known: true, Addresses: []string{"aws_acm_certificate.c", "aws_cloudfront_distribution.d", "aws_s3_bucket.it", "module.net"}}},
		"empty":     {emptyState, Object{Exists: true, Known: true}},
		"encrypted": {`{"serial":3,"encrypted_data":"c2VjcmV0"}`, Object{Exists: true}},
		"no state":  {"?", Object{Exists: true}},
	} {
		f := awstest.NewFake(t)
		f.Objects = map[string]string{}
		if test.object != "" {
			f.Objects[stateObject] = test.object
		}
		got, err := In(awstest.Resolve(t, awstest.WithKeys(awstest.Config(f))), "state").Read(t.Context(), "app/mr-7/terraform.tfstate")
		if err != nil || got.Exists != test.want.Exists || got.Known != test.want.Known || !slices.Equal(got.Addresses, test.want.Addresses) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		// Those of the provider's default configuration only.
		if regions := strings.Join(got.Regions(nil), " "); regions != map[bool]string{true: "us-west-2"}[len(got.Addresses) > 0] {
			t.Errorf("%s: regions %q", name, regions)
		}
		if accounts := strings.Join(got.Accounts(), " "); accounts != map[bool]string{true: "123456789012"}[len(got.Addresses) > 0] {
			t.Errorf("%s: accounts %q", name, accounts)
		}
	}
	// What cannot be read is not taken for nothing.
	f := awstest.NewFake(t)
	f.Fault = func(w http.ResponseWriter, r awstest.Request, _ int) bool {
		if r.Action != "GET "+stateObject {
			return false
		}
		awstest.Protocol(403, "AccessDenied", "no")(w, r)
		return true
	}
	if got, err := In(awstest.Resolve(t, awstest.WithKeys(awstest.Config(f))), "state").Read(t.Context(), "app/mr-7/terraform.tfstate"); err == nil || !strings.Contains(err.Error(), "s3:GetObject") {
		t.Errorf("denied: %+v, %v", got, err)
	}
}

func TestMark(t *testing.T) {
	mark, err := Mark("moved to s3://b/k")
	if got := Parse(mark); err != nil || got.Moved != "moved to s3://b/k" || got.Known || !got.Exists {
		t.Errorf("the mark is read as %+v, %v", got, err)
	}
	if got := Parse([]byte(`{"version":4,"resources":[]}`)); got.Moved != "" {
		t.Errorf("a state is taken for a mark: %q", got.Moved)
	}
}

// What two states have in common is told by ARN, or else by the id and what locates it.
func TestThings(t *testing.T) {
	const text = `{"version":4,"resources":[
{"mode":"managed","type":"aws_sqs_queue","name":"q","instances":[{"attributes":{"arn":"arn:1"}},{"attributes":{"arn":"arn:2"}}]},
{"mode":"managed","module":"module.m[0]","type":"aws_x","name":"y","instances":[{"attributes":{"arn":"arn:3","id":"i"}}]},
{"mode":"managed","type":"aws_default_vpc","name":"v","instances":[{"attributes":{"arn":"arn:4"}}]},
{"mode":"managed","type":"other","name":"n","instances":[{"attributes":{"arn":{"a":1}}},{"attributes":{"arn":null}},{"attributes":{}}]},
{"mode":"managed","type":"aws_route53_record","name":"www","instances":[{"attributes":{"id":"Z_www_A","zone_id":"Z","name":"www","ttl":60,"type":"A"}}]},
{"mode":"managed","type":"aws_lambda_permission","name":"p","instances":[{"attributes":{"id":"allow","function_name":"f-mr-7","statement_id":"allow"}}]},
{"mode":"managed","type":"random_password","name":"p","instances":[{"attributes":{"id":"none"}}]},
{"mode":"managed","type":"terraform_data","name":"p","instances":[{"attributes":{"id":"1"}}]},
{"mode":"data","type":"aws_x","name":"d","instances":[{"attributes":{"arn":"arn:5"}}]}]}`
	want := map[string]Thing{
		"arn:1": {"aws_sqs_queue.q", "", "arn:1"}, "arn:2": {"aws_sqs_queue.q", "", "arn:2"}, "arn:3": {"module.m[0].aws_x.y", "i", "arn:3"},
		`aws_route53_record Z_www_A name="www" zone_id="Z"`:  {"aws_route53_record.www", "Z_www_A", "Z_www_A"},
		`aws_lambda_permission allow function_name="f-mr-7"`: {"aws_lambda_permission.p", "allow", "allow"},
	}
	if got := Parse([]byte(text)).Things(); !maps.Equal(got, want) {
		t.Errorf("things %v, want %v", got, want)
	}
	if got := Parse([]byte("{")).Things(); len(got) != 0 {
		t.Errorf("of no state: %v", got)
	}
}

// A state that leaves out the ARN, which the type has, has the resource all the same.
func TestHaveThings(t *testing.T) {
	const table = `{"mode":"managed","module":"module.m[\"a.b\"]","type":"aws_dynamodb_table","name":"orders","instances":[{"attributes":{`
	things := func(attributes string) map[string]Thing {
		return Parse([]byte(`{"version":4,"resources":[` + table + attributes + `}}]}]}`)).Things()
	}
	prod := things(`"arn":"arn:aws:dynamodb:eu-west-1:1:table/orders","id":"orders","name":"orders"`)
	for attributes, want := range map[string]bool{
		`"arn":"arn:aws:dynamodb:eu-west-1:1:table/orders","id":"orders","name":"orders"`: true,
		`"id":"orders","name":"orders"`: true,
		`"id":"orders"`:                 true,
		`"id":"orders","name":"else"`:   true, // the provider goes by the id
		`"arn":"","id":"orders"`:        true,
		`"arn":"arn:aws:dynamodb:eu-west-1:2:table/orders","id":"orders","name":"orders"`: false, // in another account
		`"id":"orders-mr-7","name":"orders-mr-7"`:                                         false,
	} {
		ours, found := things(attributes), false
		for key, thing := range ours {
			found = Have(prod)(key, thing)
		}
		if len(ours) != 1 || found != want {
			t.Errorf("%s: found %v, want %v", attributes, found, want)
		}
	}
}

package rootmodule

import (
	"fmt"
	"testing"
)

// What functions run on is found in the root module and in those that it calls in the
// source, in either form, where it is said plainly.
func TestFunctions(t *testing.T) {
	const function = "resource \"aws_lambda_function\" \"a\" {\n  runtime = \"python3.11\"\n%s}\n"
	for _, test := range []struct {
		name, text, json string
		want             string
	}{
		{"nothing of functions", "resource \"aws_sqs_queue\" \"q\" {}\n", "", "[] []"},
		{"a function", fmt.Sprintf(function, ""), "", "[11] [x86_64]"},
		{"for ARM", fmt.Sprintf(function, "  architectures = [\"arm64\"]\n"), "", "[11] [arm64]"},
		{"of two kinds", fmt.Sprintf(function, "  architectures = [\n    \"arm64\"\n  ]\n"), `{"resource": {"aws_lambda_function": {"b": {"runtime": "python3.12"}}}}`, "[11 12] [arm64 x86_64]"},
		{"in JSON", "", `{"resource": {"aws_lambda_function": {"b": {"runtime": "python3.12", "architectures": ["arm64"]}}}}`, "[12] [arm64]"},
		{"handed on", "module \"f\" {\n  source = \"../f\"\n  architectures = [\"arm64\"]\n}\n" + fmt.Sprintf(function, "  architectures = var.architectures\n"), "", "[11] [arm64]"},
		{"by a local", "locals {\n  kinds = [\"arm64\"]\n}\n" + fmt.Sprintf(function, "  architectures = local.kinds\n"), "", "[11] []"},
		{"by a variable", fmt.Sprintf(function, "  architectures = [var.machine]\n"), "", "[11] []"},
		{"a comment", "# runtime = \"python3.8\"\n  // architectures = [\"arm64\"]\n" + fmt.Sprintf(function, ""), "", "[11] [x86_64]"},
		{"a module of a registry", "module \"f\" {\n  source = \"terraform-aws-modules/lambda/aws\"\n  runtime = \"python3.13\"\n  architectures = [\"arm64\"]\n  compatible_architectures = [\"x86_64\"]\n}\n", "", "[13] [arm64]"},
	} {
		files := []string{"infra/main.tf", "module \"f\" { source = \"../f\" }\n", "f/main.tf", test.text}
		if test.json != "" {
			files = append(files, "f/more.tf.json", test.json)
		}
		m := readRoot(t, "infra", files...)
		if got := fmt.Sprint(m.Pythons(), " ", m.Architectures()); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

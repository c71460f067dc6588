package rootmodule

import (
	"slices"
	"testing"
)

// What may name a function is found in the root module and in those that it calls in the
// source, in either form.
func TestHandlers(t *testing.T) {
	m := readRoot(t, "infra",
		"infra/main.tf", `module "f" { source = "../f" }
resource "aws_lambda_function" "a" {
  handler  = "src.orders.main"
  role     = aws_iam_role.it.arn
  filename = "../a-b.zip"
  runtime  = "python3.12"
}`,
		"infra/b.tf.json", `{"resource": {"aws_lambda_function": {"b": {"handler": "tasks/nightly.run"}}}}`,
		"f/main.tf", `variable "handler" { default = "app.handler" }`)
	if got, want := m.Handlers(), []string{"app.handler", "src.orders.main", "tasks/nightly.run"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

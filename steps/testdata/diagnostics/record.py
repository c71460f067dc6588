# Makes terraform fail for real, and keeps what it says with -json: one file for
# each failure, as apply.sh and plan.sh have it. Where terraform is on PATH:
#   python3 record.py
import os, subprocess, sys, tempfile

here = os.path.dirname(os.path.abspath(__file__))
cases = {
    "file-not-built": ("destroy", 'resource "terraform_data" "a" { input = filebase64sha256("artifact.zip") }', []),
    "file-not-there": ("apply", 'resource "terraform_data" "a" { input = file("settings.json") }', []),
    "provisioner-says-no-such-file": ("destroy", '''resource "terraform_data" "a" {
  provisioner "local-exec" {
    when    = destroy
    command = "cat /nowhere/artifact.zip"
  }
}
resource "terraform_data" "b" { depends_on = [terraform_data.a] }''', ["apply"]),
    "provisioner-fakes-an-error": ("apply", '''resource "terraform_data" "a" {
  provisioner "local-exec" {
    command = "printf 'Error: Saved plan is stale\\n\\n  on fake.tf line 1\\nExpiredToken\\n'; exit 3"
  }
}''', []),
    "no-value": ("apply", 'variable "memory" { type = number }', []),
    "validation": ("plan", '''variable "environment" {
  default = "qa"
  validation {
    condition     = contains(["staging", "prod"], var.environment)
    error_message = "The environment is staging or prod: nothing else has a budget, and no account of ours has room for what somebody may invent in a hurry."
  }
}''', []),
    "precondition": ("apply", '''resource "terraform_data" "a" {
  input = 1
  lifecycle {
    precondition {
      condition     = length(path.module) > 10
      error_message = "There is no package: build it with make build"
    }
  }
}''', []),
    "prevent-destroy": ("destroy", '''resource "terraform_data" "a" {
  lifecycle { prevent_destroy = true }
}''', ["apply"]),
    "for-each": ("plan", '''resource "terraform_data" "a" { input = 1 }
resource "terraform_data" "b" { for_each = toset([terraform_data.a.id]) }''', []),
    "function-call": ("apply", 'output "o" { value = jsondecode("") }', []),
    "wrong-type": ("plan", 'variable "memory" {\n  type    = number\n  default = 1\n}', ["file:a.auto.tfvars:memory = \"much\"\n"]),
    "two-errors": ("plan", 'output "a" { value = local.a }\noutput "b" { value = var.b }', []),
}
for name, (command, text, before) in cases.items():
    with tempfile.TemporaryDirectory() as d:
        open(d + "/main.tf", "w").write(text + "\n")
        run = lambda *args: subprocess.run(["terraform", *args], cwd=d, capture_output=True, text=True, env={**os.environ, "TF_CLI_CONFIG_FILE": os.devnull})
        for step in before:
            if step.startswith("file:"):
                _, path, content = step.split(":", 2)
                open(d + "/" + path, "w").write(content)
        run("init")
        if "apply" in before:
            run("apply", "-auto-approve")
        out = run(command, "-json", *([] if command == "plan" else ["-auto-approve"]))
        if out.returncode == 0:
            sys.exit(f"{name} does not fail")
        open(f"{here}/{name}.json", "w").write(out.stdout)

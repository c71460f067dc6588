data "aws_caller_identity" "current" {}

locals {
  project = "metadata-updater"
  name    = "${local.project}-${var.environment}"

  # Bucket names are shared by all accounts and regions: this part is the same at every
  # run, differs between accounts, and does not show the account's number.
  suffix = substr(sha256("${data.aws_caller_identity.current.account_id}/${var.region}"), 0, 8)

  # Environments of merge requests may lose their data; the others must not.
  disposable = startswith(var.environment, "mr-")

  stand_in = var.aws_endpoint != ""
}

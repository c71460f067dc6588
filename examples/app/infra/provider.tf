provider "aws" {
  region = var.region

  # A stand-in has no buckets in host names, knows no account's keys, and is no EC2 machine.
  s3_use_path_style           = local.stand_in
  skip_credentials_validation = local.stand_in
  skip_metadata_api_check     = local.stand_in

  dynamic "endpoints" {
    for_each = local.stand_in ? [var.aws_endpoint] : []

    content {
      iam    = endpoints.value
      lambda = endpoints.value
      logs   = endpoints.value
      s3     = endpoints.value
      ssm    = endpoints.value
      sts    = endpoints.value
    }
  }

  default_tags {
    tags = {
      project     = local.project
      environment = var.environment
      managed-by  = "terraform"
    }
  }
}

terraform {
  # use_lockfile of the S3 backend needs 1.10.
  required_version = ">= 1.10"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }

  # Bucket, key and region are given at init.
  backend "s3" {}
}

terraform {
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

provider "aws" {
  region = var.region
}

variable "environment" {
  description = "Environment's name: mr-<n>, staging or prod."
  type        = string
}

variable "region" {
  description = "AWS region."
  type        = string
  default     = "eu-west-1"
}

variable "artifact" {
  description = "Path of the Lambda package."
  type        = string
}

module "function" {
  source = "../../modules/function"

  name     = "invoices-${var.environment}"
  handler  = "invoices.handle"
  artifact = var.artifact
}

output "url" {
  description = "Address of the service."
  value       = module.function.url
}

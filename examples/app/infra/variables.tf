variable "environment" {
  description = "Which deployment this is: mr-<n>, staging or prod."
  type        = string

  validation {
    condition     = can(regex("^(mr-[1-9][0-9]{0,9}|staging|prod)$", var.environment))
    error_message = "The environment is mr-<n>, staging or prod."
  }
}

variable "artifact" {
  description = "Path of the function's package, artifact.zip."
  type        = string
  default     = "../artifact.zip"
}

variable "region" {
  description = "AWS region to deploy to."
  type        = string
  default     = "eu-west-1"
}

variable "rules" {
  description = "Which objects get no metadata: those larger than max_bytes, and those under one of skip_prefixes."
  type = object({
    max_bytes     = optional(number, 104857600)
    skip_prefixes = optional(list(string), ["tmp/"])
  })
  default = {}

  validation {
    condition     = var.rules.max_bytes >= 1 && floor(var.rules.max_bytes) == var.rules.max_bytes
    error_message = "max_bytes is a whole number of at least 1."
  }

  validation {
    condition     = alltrue([for prefix in var.rules.skip_prefixes : prefix != ""])
    error_message = "An empty prefix would leave out every object."
  }
}

variable "aws_endpoint" {
  description = "URL of a stand-in for AWS, such as http://127.0.0.1:5000. Empty on AWS."
  type        = string
  default     = ""

  validation {
    condition     = var.aws_endpoint == "" || can(regex("^https?://", var.aws_endpoint))
    error_message = "The endpoint is empty or starts with http:// or https://."
  }
}

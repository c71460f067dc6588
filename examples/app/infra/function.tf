resource "aws_cloudwatch_log_group" "function" {
  name              = "/aws/lambda/${local.name}"
  retention_in_days = local.disposable ? 7 : 90
}

resource "aws_lambda_function" "updater" {
  function_name = local.name
  description   = "Writes metadata of the objects in ${aws_s3_bucket.objects.bucket}."
  role          = aws_iam_role.function.arn

  filename = var.artifact
  # Null where there is no package, which `destroy` does not need.
  source_code_hash = try(filebase64sha256(var.artifact), null)

  handler       = "metadata_updater.handler.handler"
  runtime       = "python3.13"
  architectures = ["arm64"]
  memory_size   = 256
  timeout       = 60

  environment {
    variables = {
      RULES_PARAMETER = aws_ssm_parameter.rules.name
    }
  }

  lifecycle {
    precondition {
      condition     = fileexists(var.artifact)
      error_message = "There is no package at \"${var.artifact}\": build it with `make build`."
    }
  }

  # Else the function could run before it may log, and make a log group of its own.
  depends_on = [aws_cloudwatch_log_group.function, aws_iam_role_policy.function]
}

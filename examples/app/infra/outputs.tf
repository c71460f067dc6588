output "environment" {
  description = "Which deployment this is."
  value       = var.environment
}

output "function" {
  description = "Name of the Lambda function."
  value       = aws_lambda_function.updater.function_name
}

output "bucket" {
  description = "Name of the bucket to put objects in."
  value       = aws_s3_bucket.objects.bucket
}

output "rules_parameter" {
  description = "Name of the SSM parameter that holds the rules."
  value       = aws_ssm_parameter.rules.name
}

output "url" {
  description = "Where to look at the bucket: the AWS console, or the stand-in's own listing."
  value = (
    local.stand_in
    ? "${trimsuffix(var.aws_endpoint, "/")}/${aws_s3_bucket.objects.bucket}"
    : "https://${var.region}.console.aws.amazon.com/s3/buckets/${aws_s3_bucket.objects.bucket}?region=${var.region}"
  )
}

output "function_arn" {
  description = "The function's ARN. Sensitive because it holds the account's number, which public job logs need not show."
  value       = aws_lambda_function.updater.arn
  sensitive   = true
}

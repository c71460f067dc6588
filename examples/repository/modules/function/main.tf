# A Lambda function with an address of its own, as each service has one.

variable "name" {
  description = "Name of the function, with its environment."
  type        = string
}

variable "handler" {
  description = "What Lambda calls: MODULE.FUNCTION."
  type        = string
}

variable "artifact" {
  description = "Path of the Lambda package."
  type        = string
}

resource "aws_lambda_function" "this" {
  function_name    = var.name
  role             = aws_iam_role.this.arn
  runtime          = "python3.12"
  handler          = var.handler
  filename         = var.artifact
  source_code_hash = try(filebase64sha256(var.artifact), null) # a destruction has no package
}

resource "aws_lambda_function_url" "this" {
  function_name      = aws_lambda_function.this.function_name
  authorization_type = "AWS_IAM"
}

resource "aws_iam_role" "this" {
  name = var.name

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "logs" {
  role       = aws_iam_role.this.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

output "url" {
  description = "Address of the function."
  value       = aws_lambda_function_url.this.function_url
}

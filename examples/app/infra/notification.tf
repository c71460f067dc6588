resource "aws_lambda_permission" "bucket" {
  statement_id   = "bucket"
  action         = "lambda:InvokeFunction"
  function_name  = aws_lambda_function.updater.function_name
  principal      = "s3.amazonaws.com"
  source_arn     = aws_s3_bucket.objects.arn
  source_account = data.aws_caller_identity.current.account_id
}

resource "aws_s3_bucket_notification" "objects" {
  bucket = aws_s3_bucket.objects.id

  lambda_function {
    id                  = "created"
    lambda_function_arn = aws_lambda_function.updater.arn
    events              = ["s3:ObjectCreated:*"]
  }

  depends_on = [aws_lambda_permission.bucket]
}

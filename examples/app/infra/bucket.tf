resource "aws_s3_bucket" "objects" {
  bucket = "${local.name}-${local.suffix}"

  # Without it, destroy fails on a bucket that holds anything.
  force_destroy = local.disposable
}

resource "aws_s3_bucket_public_access_block" "objects" {
  bucket = aws_s3_bucket.objects.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

# What is overwritten or deleted by mistake can be had back.
resource "aws_s3_bucket_versioning" "objects" {
  count = local.disposable ? 0 : 1

  bucket = aws_s3_bucket.objects.id

  versioning_configuration {
    status = "Enabled"
  }
}

"""Writes a metadata sidecar and tags for each object that arrives in an S3 bucket."""

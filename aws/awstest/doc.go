// Package awstest stands in for AWS in tests: a server of STS, ECR, S3 and instance metadata, the faults that such a
// service can have, and credentials that no output may show.
package awstest

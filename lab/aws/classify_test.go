package aws

import (
	"net/http/httptest"
	"net/url"
	"testing"
)

func signed(service string) map[string]string {
	return map[string]string{"Authorization": "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/eu-west-1/" + service +
		"/aws4_request, SignedHeaders=host;x-amz-date, Signature=abc"}
}

func with(headers map[string]string, name, value string) map[string]string {
	headers[name] = value
	return headers
}

func TestClassify(t *testing.T) {
	for _, c := range []struct {
		name, method, url string
		headers           map[string]string
		form              string
		service, action   string
	}{
		{"query protocol, form", "POST", "/", signed("sts"), "Action=GetCallerIdentity&Version=2011-06-15", "sts", "GetCallerIdentity"},
		{"query protocol, query", "GET", "/?Action=ListRoles&Version=2010-05-08", signed("iam"), "", "iam", "ListRoles"},
		{"web identity is not signed", "POST", "/", nil, "Action=AssumeRoleWithWebIdentity&WebIdentityToken=x", "sts", "AssumeRoleWithWebIdentity"},
		{"saml is not signed", "POST", "/", nil, "Action=AssumeRoleWithSAML", "sts", "AssumeRoleWithSAML"},
		{"json protocol", "POST", "/", with(signed("ecr"), "X-Amz-Target", "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken"), "", "ecr", "GetAuthorizationToken"},
		{"json protocol, no dot", "POST", "/", with(signed("ssm"), "X-Amz-Target", "PutParameter"), "", "ssm", "PutParameter"},
		{"rpc path", "POST", "/service/GraniteServiceVersion20100801/operation/PutMetricData", signed("monitoring"), "", "monitoring", "PutMetricData"},
		{"rest", "POST", "/2015-03-31/functions", signed("lambda"), "", "lambda", "POST /2015-03-31/functions"},
		{"s3 buckets", "GET", "/", signed("s3"), "", "s3", "ListBuckets"},
		{"s3 create bucket", "PUT", "/bucket", signed("s3"), "", "s3", "CreateBucket"},
		{"s3 create bucket, slash", "PUT", "/bucket/", signed("s3"), "", "s3", "CreateBucket"},
		{"s3 head bucket", "HEAD", "/bucket", signed("s3"), "", "s3", "HeadBucket"},
		{"s3 delete bucket", "DELETE", "/bucket", signed("s3"), "", "s3", "DeleteBucket"},
		{"s3 list", "GET", "/bucket?prefix=a", signed("s3"), "", "s3", "ListObjects"},
		{"s3 list v2", "GET", "/bucket?list-type=2", signed("s3"), "", "s3", "ListObjectsV2"},
		{"s3 versions", "GET", "/bucket?versions", signed("s3"), "", "s3", "ListObjectVersions"},
		{"s3 versioning", "PUT", "/bucket?versioning", signed("s3"), "", "s3", "PutBucketVersioning"},
		{"s3 bucket tags", "GET", "/bucket?tagging=", signed("s3"), "", "s3", "GetBucketTagging"},
		{"s3 object tags", "PUT", "/bucket/k?tagging", signed("s3"), "", "s3", "PutObjectTagging"},
		{"s3 delete many", "POST", "/bucket?delete", signed("s3"), "", "s3", "DeleteObjects"},
		{"s3 get", "GET", "/bucket/a/b", signed("s3"), "", "s3", "GetObject"},
		{"s3 head", "HEAD", "/bucket/a/b", signed("s3"), "", "s3", "HeadObject"},
		{"s3 put", "PUT", "/bucket/a/b", signed("s3"), "", "s3", "PutObject"},
		{"s3 put with checksum query", "PUT", "/bucket/a/b?x-id=PutObject", signed("s3"), "", "s3", "PutObject"},
		{"s3 copy", "PUT", "/bucket/a", with(signed("s3"), "X-Amz-Copy-Source", "/other/b"), "", "s3", "CopyObject"},
		{"s3 delete", "DELETE", "/bucket/a/b?versionId=1", signed("s3"), "", "s3", "DeleteObject"},
		{"s3 multipart", "POST", "/bucket/a?uploads", signed("s3"), "", "s3", "CreateMultipartUpload"},
		{"s3 part", "PUT", "/bucket/a?partNumber=1&uploadId=u", signed("s3"), "", "s3", "UploadPart"},
		{"s3 complete", "POST", "/bucket/a?uploadId=u", signed("s3"), "", "s3", "CompleteMultipartUpload"},
		{"s3 unknown verb", "PATCH", "/bucket/a", signed("s3"), "", "s3", "PATCH /bucket/a"},
		{"s3 presigned", "GET", "/bucket/a?X-Amz-Credential=AKID%2F20260101%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Signature=abc", nil, "", "s3", "GetObject"},
		{"s3 bucket in host", "PUT", "http://bucket.localhost:80/a", signed("s3"), "", "s3", "PutObject"},
		{"s3 bucket in host, bucket call", "PUT", "http://bucket.localhost/", signed("s3"), "", "s3", "CreateBucket"},
		{"SigV4a has no region in its scope", "GET", "/bucket/a", map[string]string{"Authorization": "AWS4-ECDSA-P256-SHA256 Credential=AKID/20260101/s3/aws4_request, SignedHeaders=host, Signature=1"}, "", "s3", "GetObject"},
		{"moto's own", "POST", "/moto-api/reset", nil, "", "moto", "POST /moto-api/reset"},
		{"unsigned", "GET", "/bucket/a", nil, "", "", ""},
		{"basic auth is not a scope", "GET", "/", map[string]string{"Authorization": "Basic Y2FuYXJ5"}, "", "", ""},
		{"broken scope", "GET", "/", map[string]string{"Authorization": "AWS4-HMAC-SHA256 Credential=AKID/eu-west-1/s3, Signature=1"}, "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest(c.method, c.url, nil)
			for name, value := range c.headers {
				r.Header.Set(name, value)
			}
			form, err := url.ParseQuery(c.form)
			if err != nil {
				t.Fatal(err)
			}
			service, action := Classify(r, form)
			if service != c.service || action != c.action {
				t.Errorf("got %q %q, want %q %q", service, action, c.service, c.action)
			}
		})
	}
}

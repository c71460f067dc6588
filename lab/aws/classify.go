package aws

import (
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

var (
	rpcPath = regexp.MustCompile(`^/service/([^/]+)/operation/([^/]+)$`)
	// Services whose targets and SigV4 names differ are named as in the credential scope, so only
	// requests without a signature are named by other means.
	unsigned = map[string]string{"AssumeRoleWithWebIdentity": "sts", "AssumeRoleWithSAML": "sts"}
)

// Classify names the service and the action of an AWS request: the service from the credential
// scope of its signature (header or presigned query), the action from X-Amz-Target, the Action
// parameter of the query or of form, the RPC path, S3's own operation names, or else the verb and
// the path. Whatever cannot be determined is empty. It reads no secret: of the signature, only the scope.
func Classify(r *http.Request, form url.Values) (service, action string) {
	service = scope(r)
	query := r.URL.Query()
	switch target := r.Header.Get("X-Amz-Target"); {
	case strings.HasPrefix(r.URL.Path, "/moto-api/"):
		return "moto", r.Method + " " + r.URL.Path
	case target != "":
		action = target[strings.LastIndexByte(target, '.')+1:]
	case query.Get("Action") != "":
		action = query.Get("Action")
	case form.Get("Action") != "":
		action = form.Get("Action")
	case rpcPath.MatchString(r.URL.Path):
		action = rpcPath.FindStringSubmatch(r.URL.Path)[2]
	case service == "s3":
		bucket, key := objectOf(r)
		action = s3Action(r, query, bucket, key)
	case service != "":
		action = r.Method + " " + r.URL.Path
	}
	if service == "" {
		service = unsigned[action]
	}
	return service, action
}

// scope returns the service in KEY/DATE/REGION/SERVICE/aws4_request.
func scope(r *http.Request) string {
	credential := r.URL.Query().Get("X-Amz-Credential")
	if auth := r.Header.Get("Authorization"); strings.HasPrefix(auth, "AWS4-") {
		_, rest, _ := strings.Cut(auth, "Credential=")
		credential, _, _ = strings.Cut(rest, ",")
	}
	parts := strings.Split(strings.TrimSpace(credential), "/")
	if len(parts) < 4 || parts[len(parts)-1] != "aws4_request" {
		return ""
	}
	return parts[len(parts)-2]
}

// objectOf reads an S3 request's bucket and key, from the path or (BUCKET.localhost) the host.
func objectOf(r *http.Request) (bucket, key string) {
	path := strings.TrimPrefix(r.URL.Path, "/")
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if bucket, ok := strings.CutSuffix(host, ".localhost"); ok {
		return bucket, path
	}
	bucket, key, _ = strings.Cut(path, "/")
	return bucket, key
}

// s3SubResources are the query keys that select an operation other than the verb's plain one, with
// the word for it in the names of S3's operations.
var s3SubResources = []struct{ key, bucket, object string }{
	{"acl", "BucketAcl", "ObjectAcl"},
	{"cors", "BucketCors", ""},
	{"encryption", "BucketEncryption", ""},
	{"lifecycle", "BucketLifecycleConfiguration", ""},
	{"location", "BucketLocation", ""},
	{"logging", "BucketLogging", ""},
	{"notification", "BucketNotificationConfiguration", ""},
	{"object-lock", "ObjectLockConfiguration", ""},
	{"ownershipControls", "BucketOwnershipControls", ""},
	{"policy", "BucketPolicy", ""},
	{"publicAccessBlock", "PublicAccessBlock", ""},
	{"replication", "BucketReplication", ""},
	{"requestPayment", "BucketRequestPayment", ""},
	{"tagging", "BucketTagging", "ObjectTagging"},
	{"versioning", "BucketVersioning", ""},
	{"website", "BucketWebsite", ""},
	{"accelerate", "BucketAccelerateConfiguration", ""},
}

func s3Action(r *http.Request, query url.Values, bucket, key string) string {
	verb := map[string]string{"GET": "Get", "HEAD": "Head", "PUT": "Put", "DELETE": "Delete"}[r.Method]
	for _, sub := range s3SubResources {
		name := sub.bucket
		if key != "" {
			name = sub.object
		}
		if query.Has(sub.key) && name != "" && verb != "" {
			return verb + name
		}
	}
	switch {
	case bucket == "":
		if r.Method == "GET" {
			return "ListBuckets"
		}
	case key == "":
		switch {
		case r.Method == "GET" && query.Has("versions"):
			return "ListObjectVersions"
		case r.Method == "GET" && query.Has("uploads"):
			return "ListMultipartUploads"
		case r.Method == "GET" && query.Get("list-type") == "2":
			return "ListObjectsV2"
		case r.Method == "GET":
			return "ListObjects"
		case r.Method == "PUT":
			return "CreateBucket"
		case r.Method == "POST" && query.Has("delete"):
			return "DeleteObjects"
		case verb != "":
			return verb + "Bucket"
		}
	default:
		switch {
		case r.Method == "POST" && query.Has("uploads"):
			return "CreateMultipartUpload"
		case r.Method == "POST" && query.Has("uploadId"):
			return "CompleteMultipartUpload"
		case r.Method == "PUT" && query.Has("partNumber"):
			return "UploadPart"
		case r.Method == "GET" && query.Has("uploadId"):
			return "ListParts"
		case r.Method == "DELETE" && query.Has("uploadId"):
			return "AbortMultipartUpload"
		case r.Method == "PUT" && r.Header.Get("X-Amz-Copy-Source") != "":
			return "CopyObject"
		case verb != "":
			return verb + "Object"
		}
	}
	return r.Method + " " + r.URL.Path
}

// Lab runs, on one machine, the outside services that the pipeline needs: an OCI registry that
// requires a login, a stand-in for AWS, and the two base images. From the internet it uses only
// Debian's package archive, PyPI and the Go module proxy.
//
//	go run -C lab . up       start it (or find it running) and print its environment
//	go run -C lab . env      print the environment of a running lab
//	go run -C lab . status   show what runs; exit code 1 if it does not
//	go run -C lab . down     stop it; images, registry content and ports stay for the next start
//	go run -C lab . serve    registry and AWS in the foreground (what up starts in the background)
//
// Progress goes to standard error, only the environment to standard output:
//
//	set -a; eval "$(go run -C lab . up)"; set +a
//
// The first start takes one to two minutes (it installs moto and builds the images), later ones a few
// seconds, and up on a running lab less than one. Any number of commands may run at once. The next up
// repairs a lab that was killed, completely or in part.
//
// # Environment
//
//	LAB_REGISTRY           HOST:PORT of the registry; plain HTTP, unless it has a certificate
//	LAB_REGISTRY_USERNAME  its user; LAB_REGISTRY_PASSWORD its password, random for each state directory
//	LAB_PYTHON_IMAGE       reference of the python base image, such as HOST:PORT/python:3.11-bookworm
//	LAB_TERRAFORM_IMAGE    reference of the terraform base image, such as HOST:PORT/terraform:1.11
//	LAB_REDIS_IMAGE        reference of an image of Redis, a service for tests
//	LAB_AWS_ENDPOINT       URL of the AWS stand-in, for all services
//	LAB_AWS_REQUEST_LOG    its request log, JSON lines: time, method, path, host, service, action, status
//	LAB_IMDS_ENDPOINT      URL of the instance metadata stand-in (IMDSv2), with a role
//	LAB_CONTAINER_CREDENTIALS  URL of a container's role; LAB_CONTAINER_TOKEN the token to send
//	LAB_STATE_BUCKET       S3 bucket for terraform's state, in eu-west-1, versioned
//	LAB_PROVIDER_MIRROR    directory with terraform's AWS provider (a filesystem mirror), or empty
//	LAB_INFRA              "infra" if the AWS provider is available, else the path of infra-free
//
// Variables that the lab reads:
//
//	LAB_DIR              state directory; default pipeline-lab in the user's cache directory
//	LAB_CACHE_DIR        images and virtualenv, shared by labs; default "cache" in the default LAB_DIR
//	LAB_TERRAFORM        terraform binary for the image; empty: none; default the one on PATH
//	LAB_PROVIDER_MIRROR  provider mirror; empty: none; default one in the standard places
//	LAB_CERTIFICATE      PEM file with a certificate of the address and its key: the registry uses TLS; read at the start
//	LAB_IMAGES           names of the base images to make, separated by commas; default all
//	LAB_SESSION_SECONDS  how long the sessions of roles last, whatever STS is asked for; read at the start
//	LAB_INFRA_FREE       1: LAB_INFRA always names infra-free
//
// # Registry
//
// The registry is the distribution project's, version 3, linked in as a library: there is no child
// process to lose, and no package that starts its own service on installation. Blobs, manifests and
// tags can be deleted; Debian's version cannot delete tags. There is no referrers endpoint; clients
// fall back to the referrers tag, as the OCI specification defines.
//
// # AWS
//
// moto stands in for AWS, in the lab's own virtualenv, on a Unix socket behind a proxy that writes
// the request log. The log has no header, query or body, so no credential can be in it; a request's
// line is written before its answer. Each start of the lab begins a new log and keeps the last one as
// LAB_AWS_REQUEST_LOG.1.
//
// moto keeps everything in memory: a lab that was stopped or killed and started again is a fresh
// AWS with an empty state bucket. When moto ends, the lab ends with it and says so, because an AWS that
// lost its resources between two requests would be worse than none. moto checks no signature and
// no policy unless told to, and runs no Lambda function without Docker.
//
// The proxy makes up for some of moto's differences: ECR's login works for the lab's registry, sessions can be
// short and are refused once they have expired, and there are the roles of an instance (with a PUT for a token
// first, as in IMDSv2) and of a container. The log says how roles were assumed: name, duration, tags, policy and
// external id, but not the token.
//
// # Base images
//
// Both consist of Debian's packages for the machine's own release (3.11-bookworm on Debian 12), built by
// mmdebstrap from the machine's own package sources:
//
//   - python: python3 (also as python), pip, venv
//   - terraform: aws-cli, curl, git, jq, unzip, and the machine's terraform if it has one; otherwise the
//     image has none, its tag is 1.11, and the pipeline downloads terraform. aws-cli gets a wrapper that
//     makes it follow AWS_ENDPOINT_URL, which Debian 12's version does not do itself
//
// Certificates that the machine trusts in addition to Debian's are in both; SSL_CERT_FILE, PIP_CERT and
// REQUESTS_CA_BUNDLE point clients to them. An image is named by the hash of its recipe (packages, sources,
// certificates, terraform) and contains no build time: as long as the archive offers the same
// packages, the result is the same to the byte. It is kept until its directory in
// LAB_CACHE_DIR/images is removed, which is also how to get newer packages.
//
// # Addresses
//
// Everything listens on 127.0.0.1. The AWS stand-in also listens on this machine's address on its network, for
// the containers of the embedded engine, which cannot reach loopback: LAB_AWS_ENDPOINT names it, and it
// answers only this machine. With --bind ADDRESS everything listens on that address of this machine, for an
// engine in its own container, and answers anyone who can reach it. Nothing listens on all addresses. Ports are
// derived from the state directory's name, changed if taken, and kept.
package main

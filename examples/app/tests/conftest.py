"""What the tests share: an AWS in memory, and objects in it."""

import json
import os

import boto3
import pytest
import structlog
from moto import mock_aws

from metadata_updater.refs import ObjectRef
from metadata_updater.rules import RulesSource
from metadata_updater.store import Store
from metadata_updater.update import Updater

BUCKET = "metadata-updater-test"
PARAMETER = "/metadata-updater/test/rules"


@pytest.fixture(scope="session", autouse=True)
def environment(tmp_path_factory):
    """Keep the machine's AWS settings out: nothing here can reach a real account."""
    nowhere = str(tmp_path_factory.mktemp("aws") / "none")
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        patch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        patch.setenv("AWS_CONFIG_FILE", nowhere)
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", nowhere)
        yield


@pytest.fixture(scope="session")
def clients(environment):
    """Return the boto3 clients by service name: making one takes longer than most tests."""
    return {name: boto3.client(name) for name in ("s3", "ssm")}


@pytest.fixture
def s3(clients):
    """Return an S3 client of an AWS that has the bucket and the rules."""
    with mock_aws():
        clients["s3"].create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        set_rules(clients["ssm"], {"max_bytes": 1000, "skip_prefixes": ["tmp/"]})
        yield clients["s3"]


@pytest.fixture
def ssm(clients, s3):
    """Return an SSM client of the same AWS."""
    return clients["ssm"]


@pytest.fixture
def before(s3):
    """Return a function that calls `hook` with the parameters of each later S3 call of a kind."""
    hooks = []

    def register(kind, hook):
        name = f"provide-client-params.s3.{kind}"
        hooks.append((name, lambda params, **_: hook(params)))
        s3.meta.events.register(*hooks[-1])

    yield register
    for hook in hooks:
        s3.meta.events.unregister(*hook)


@pytest.fixture
def store(s3):
    """Return the store under test."""
    return Store(s3)


@pytest.fixture
def updater(store, ssm):
    """Return an updater that gives up after two attempts."""
    return Updater(store, RulesSource(ssm, PARAMETER), attempts=2)


@pytest.fixture
def logged():
    """Return the list to which log entries are added."""
    with structlog.testing.capture_logs() as entries:
        yield entries


def set_rules(ssm, rules):
    """Store rules, given as an object or as a text that need not be JSON."""
    text = rules if isinstance(rules, str) else json.dumps(rules)
    ssm.put_parameter(Name=PARAMETER, Value=text, Type="String", Overwrite=True)


def put(s3, key="photos/cat.bin", body=b"hello", **more):
    """Store an object and return its reference."""
    s3.put_object(Bucket=BUCKET, Key=key, Body=body, **more)
    return ObjectRef(BUCKET, key)


def sidecar_of(s3, ref):
    """Return the JSON of an object's sidecar."""
    body = s3.get_object(Bucket=ref.bucket, Key=ref.key + ".metadata.json")["Body"].read()
    return json.loads(body)


def tags_of(s3, ref):
    """Return an object's tags."""
    answer = s3.get_object_tagging(Bucket=ref.bucket, Key=ref.key)
    return {tag["Key"]: tag["Value"] for tag in answer["TagSet"]}


def notification(*keys, name="ObjectCreated:Put"):
    """Return the event that S3 sends for these keys, given as S3 encodes them."""
    return {
        "Records": [
            {
                "eventVersion": "2.1",
                "eventSource": "aws:s3",
                "eventName": name,
                "s3": {"bucket": {"name": BUCKET}, "object": {"key": key, "size": 5}},
            }
            for key in keys
        ]
    }

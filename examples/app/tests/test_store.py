"""Store: what S3 refuses becomes an error that names the object and the next thing to try."""

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from conftest import BUCKET, put

from metadata_updater.refs import ObjectRef
from metadata_updater.store import ObjectChanged, ObjectGone, Store, StoreError


def test_the_head_has_what_was_stored(s3, store):
    ref = put(s3, ContentType="text/plain", Metadata={"captured-at": "today"})
    head = store.head(ref)
    assert (head.size, head.content_type, head.user) == (5, "text/plain", {"captured-at": "today"})
    assert head.etag == "5d41402abc4b2a76b9719d911017c592"
    assert head.last_modified.utcoffset().total_seconds() == 0


@pytest.mark.parametrize(
    "call",
    [
        lambda store, ref: store.head(ref),
        lambda store, ref: store.read(ref),
        lambda store, ref: list(store.chunks(ref, "0" * 32)),
        lambda store, ref: store.tags(ref),
        lambda store, ref: store.set_tags(ref, {}),
    ],
)
def test_a_missing_object_is_gone(store, call):
    with pytest.raises(ObjectGone, match=rf'"s3://{BUCKET}/none": it does not exist'):
        call(store, ObjectRef(BUCKET, "none"))


def test_content_of_another_etag_is_not_read(s3, store):
    with pytest.raises(ObjectChanged, match="it was written again"):
        list(store.chunks(put(s3), "0" * 32))


def test_a_missing_bucket_is_an_error_with_a_hint(store):
    with pytest.raises(StoreError, match=r'^writing "s3://none/a": .*check the bucket\'s name'):
        store.write(ObjectRef("none", "a"), b"{}")


class Refusing:
    """An S3 client that fails each call."""

    def __init__(self, error):
        self._error = error

    def head_object(self, **_):
        """Fail."""
        raise self._error


@pytest.mark.parametrize(
    ("error", "hint"),
    [
        (ClientError({"Error": {"Code": "403"}}, "HeadObject"), "policy of the function's role"),
        (ClientError({"Error": {"Code": "SlowDown"}}, "HeadObject"), "will be retried"),
        (EndpointConnectionError(endpoint_url="http://s3.invalid"), "function reaches S3"),
    ],
)
def test_other_failures_keep_the_cause_and_give_a_hint(error, hint):
    with pytest.raises(
        StoreError, match=rf'^reading head of "s3://{BUCKET}/a": .*{hint}'
    ) as caught:
        Store(Refusing(error)).head(ObjectRef(BUCKET, "a"))
    assert caught.value.__cause__ is error


def test_documents_are_stored_as_json(s3, store):
    store.write(ObjectRef(BUCKET, "a.metadata.json"), b"{}")
    answer = s3.head_object(Bucket=BUCKET, Key="a.metadata.json")
    assert answer["ContentType"] == "application/json"

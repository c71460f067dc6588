"""Updates: sidecar and tags are right, stay as they are, and survive races."""

import hashlib
import json

import pytest
from botocore.exceptions import ClientError
from conftest import BUCKET, put, set_rules, sidecar_of, tags_of

from metadata_updater.refs import ObjectRef
from metadata_updater.store import ObjectChanged, StoreError
from metadata_updater.update import Outcome

PNG = b"\x89PNG\r\n\x1a\n" + bytes(16)


@pytest.fixture
def calls(before):
    """Return a function that gives the list to which the keys of later calls of a kind go."""

    def record(kind):
        keys = []
        before(kind, lambda params: keys.append(params["Key"]))
        return keys

    return record


def test_a_new_object_gets_sidecar_and_tags(s3, updater):
    ref = put(s3, body=PNG, Metadata={"captured-at": "2024-05-06T09:08:07+02:00"})
    head = s3.head_object(Bucket=BUCKET, Key=ref.key)

    assert updater.update(ref) is Outcome.UPDATED

    sha256 = hashlib.sha256(PNG).hexdigest()
    assert sidecar_of(s3, ref) == {
        "key": ref.key,
        "etag": head["ETag"].strip('"'),
        "content_type": "image/png",
        "size": len(PNG),
        "sha256": sha256,
        "updated_at": head["LastModified"].isoformat(),
        "captured_at": "2024-05-06T07:08:07+00:00",
    }
    assert tags_of(s3, ref) == {"content-type": "image/png", "sha256": sha256}


def test_an_empty_object_is_updated_too(s3, updater):
    ref = put(s3, body=b"")
    assert updater.update(ref) is Outcome.UPDATED
    assert sidecar_of(s3, ref)["size"] == 0


def test_updating_again_writes_nothing(s3, updater, calls):
    ref = put(s3)
    updater.update(ref)
    puts, taggings = calls("PutObject"), calls("PutObjectTagging")
    assert updater.update(ref) is Outcome.UNCHANGED
    assert (puts, taggings) == ([], [])


def test_a_new_version_is_updated(s3, updater):
    ref = put(s3, body=b"one")
    updater.update(ref)
    put(s3, body=b"two, longer")
    assert updater.update(ref) is Outcome.UPDATED
    assert sidecar_of(s3, ref)["size"] == len(b"two, longer")


def test_lost_tags_are_set_again_and_the_sidecar_is_left(s3, updater, calls):
    ref = put(s3)
    updater.update(ref)
    tags = tags_of(s3, ref)
    s3.delete_object_tagging(Bucket=BUCKET, Key=ref.key)
    puts = calls("PutObject")
    assert updater.update(ref) is Outcome.UPDATED
    assert tags_of(s3, ref) == tags
    assert puts == []


def test_tags_of_others_are_kept(s3, updater):
    ref = put(s3, Tagging="owner=team-a")
    updater.update(ref)
    assert tags_of(s3, ref).keys() == {"owner", "content-type", "sha256"}


def test_tags_are_left_when_there_is_no_room(s3, updater, logged):
    ref = put(s3, Tagging="&".join(f"t{i}=v" for i in range(9)))
    assert updater.update(ref) is Outcome.UPDATED
    assert len(tags_of(s3, ref)) == 9
    assert "leaving tags as they are" in [entry["event"] for entry in logged]


def test_a_broken_sidecar_is_replaced(s3, updater, logged):
    ref = put(s3)
    put(s3, key=ref.key + ".metadata.json", body=b'{"size": "many"}')
    assert updater.update(ref) is Outcome.UPDATED
    assert sidecar_of(s3, ref)["size"] == 5
    assert logged[0]["event"] == "replacing sidecar"


def test_a_time_that_cannot_be_read_is_left_out(s3, updater, logged):
    ref = put(s3, Metadata={"captured-at": "soon"})
    assert updater.update(ref) is Outcome.UPDATED
    assert sidecar_of(s3, ref)["captured_at"] is None
    assert logged[0]["header"] == "captured-at"


@pytest.mark.parametrize(
    ("key", "body", "reason"),
    [
        ("a.metadata.json", b"{}", "it is a sidecar"),
        ("tmp/a", b"hello", "its prefix is left out"),
        ("a", bytes(1001), "it has 1001 bytes, more than 1000"),
        ("é" * 506, b"hello", "its key leaves no room for the sidecar's suffix"),
    ],
)
def test_some_objects_are_skipped(s3, updater, logged, key, body, reason):
    ref = put(s3, key=key, body=body)
    assert updater.update(ref) is Outcome.SKIPPED
    assert logged[-1]["reason"] == reason
    assert s3.list_objects_v2(Bucket=BUCKET)["KeyCount"] == 1


def test_a_deleted_object_is_skipped(updater, logged):
    assert updater.update(ObjectRef(BUCKET, "none")) is Outcome.SKIPPED
    assert logged[-1]["reason"] == "it does not exist any more"


def overwrite(s3, ref, times):
    """Return a hook that writes the object again at its first `times` calls."""
    bodies = iter([f"version {i + 1}".encode() for i in range(times)])

    def write(_):
        body = next(bodies, None)
        if body is not None:
            put(s3, key=ref.key, body=body)

    return write


@pytest.mark.parametrize("when", ["GetObject", "PutObjectTagging"])
def test_the_last_version_wins_a_race(s3, updater, before, when):
    ref = put(s3, body=b"version 0")
    before(when, overwrite(s3, ref, times=1))
    assert updater.update(ref) is Outcome.UPDATED
    sha256 = hashlib.sha256(b"version 1").hexdigest()
    assert sidecar_of(s3, ref)["sha256"] == sha256
    assert tags_of(s3, ref)["sha256"] == sha256


def test_an_object_that_never_rests_is_an_error(s3, updater, before):
    ref = put(s3, body=b"version 0")
    before("PutObjectTagging", overwrite(s3, ref, times=2))
    with pytest.raises(ObjectChanged, match="it was written again"):
        updater.update(ref)


def test_rules_are_looked_up_for_each_object(s3, ssm, updater):
    set_rules(ssm, {"max_bytes": 1})
    assert updater.update(put(s3)) is Outcome.SKIPPED


def test_a_refused_call_is_not_repeated(s3, updater, before):
    refused = []

    def refuse(params):
        refused.append(params["Key"])
        raise ClientError({"Error": {"Code": "AccessDenied"}}, "PutObject")

    ref = put(s3)
    before("PutObject", refuse)
    with pytest.raises(StoreError, match="check the policy of the function's role"):
        updater.update(ref)
    assert refused == [ref.sidecar.key]


def test_sidecars_end_with_a_newline(s3, updater):
    ref = put(s3)
    updater.update(ref)
    body = s3.get_object(Bucket=BUCKET, Key=ref.sidecar.key)["Body"].read()
    assert body.endswith(b"}\n")
    assert json.loads(body)["key"] == ref.key

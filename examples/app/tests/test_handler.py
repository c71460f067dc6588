"""The handler: events in, counts out, one bad object does not stop the others."""

import json
from types import SimpleNamespace

import pytest
from conftest import BUCKET, PARAMETER, notification, put, sidecar_of

from metadata_updater.events import EventError
from metadata_updater.handler import UpdateFailed, handler, updater
from metadata_updater.refs import ObjectRef

CONTEXT = SimpleNamespace(aws_request_id="request-1")


@pytest.fixture(autouse=True)
def lambda_runtime(clients, monkeypatch):
    """Set up what Lambda gives the handler: a cold start and its environment."""
    monkeypatch.setattr("boto3.client", clients.__getitem__)
    monkeypatch.setenv("RULES_PARAMETER", PARAMETER)
    updater.cache_clear()


def test_an_event_updates_its_objects_once(s3):
    ref = put(s3, key="a b.txt")
    event = notification("a+b.txt", "gone.txt")
    assert handler(event, CONTEXT) == {"updated": 1, "skipped": 1}
    assert handler(event, CONTEXT) == {"unchanged": 1, "skipped": 1}
    assert sidecar_of(s3, ref)["content_type"] == "text/plain"


def test_an_event_without_objects_does_nothing(s3):
    assert handler({"Event": "s3:TestEvent"}, None) == {}


def test_one_failure_does_not_stop_the_others(s3):
    put(s3)
    event = notification("photos/cat.bin")
    event["Records"].insert(0, json.loads(json.dumps(event["Records"][0])))
    event["Records"][0]["s3"]["bucket"]["name"] = "other-bucket"
    with pytest.raises(UpdateFailed, match=r"^updating 1 of 2 objects failed, first: .*other-bu"):
        handler(event, CONTEXT)
    assert sidecar_of(s3, ObjectRef(BUCKET, "photos/cat.bin"))["size"] == 5


def test_logs_are_json_lines_with_the_request(s3, capsys):
    put(s3)
    handler(notification("photos/cat.bin"), CONTEXT)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines
    assert {line["request_id"] for line in lines} == {"request-1"}
    assert lines[-1]["outcome"] == "updated"
    assert lines[-1]["object"] == f"s3://{BUCKET}/photos/cat.bin"


def test_another_event_is_refused(s3):
    with pytest.raises(EventError, match="S3 notifications only"):
        handler({"detail": {}}, CONTEXT)


def test_a_missing_setting_is_named(s3, monkeypatch):
    monkeypatch.delenv("RULES_PARAMETER")
    with pytest.raises(RuntimeError, match='"RULES_PARAMETER": it is not set: set it to'):
        handler(notification("a"), CONTEXT)

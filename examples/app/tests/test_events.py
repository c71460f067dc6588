"""Events: which objects they name, and which events are refused."""

import pytest
from conftest import BUCKET, notification

from metadata_updater.events import EventError, created_objects
from metadata_updater.refs import ObjectRef


@pytest.mark.parametrize(
    ("encoded", "key"),
    [
        ("a.txt", "a.txt"),
        ("a+b.txt", "a b.txt"),
        ("a%2Bb.txt", "a+b.txt"),
        ("caf%C3%A9/%25.txt", "café/%.txt"),
    ],
)
def test_keys_are_decoded(encoded, key):
    assert created_objects(notification(encoded)) == [ObjectRef(BUCKET, key)]


def test_an_object_named_twice_comes_once_and_order_is_kept():
    refs = created_objects(notification("b", "a", "b"))
    assert [ref.key for ref in refs] == ["b", "a"]


@pytest.mark.parametrize("name", ["ObjectRemoved:Delete", "ObjectTagging:Put"])
def test_other_kinds_of_events_name_no_object(name):
    assert created_objects(notification("a", name=name)) == []


def test_the_test_event_of_s3_names_no_object():
    event = {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": BUCKET}
    assert created_objects(event) == []


def without(*path):
    event = notification("a")
    inner = event["Records"][0]
    for step in path[:-1]:
        inner = inner[step]
    del inner[path[-1]]
    return event


def with_source(source):
    event = notification("a")
    event["Records"][0]["eventSource"] = source
    return event


@pytest.mark.parametrize(
    ("event", "field"),
    [
        ({}, "Records"),
        ({"Records": "no list"}, "Records"),
        (without("eventName"), "Records.0.eventName"),
        (without("s3", "bucket", "name"), "Records.0.s3.bucket.name"),
        (without("s3", "object"), "Records.0.s3.object"),
        (with_source("aws:sqs"), "Records.0.eventSource"),
        ([], ""),
    ],
)
def test_an_event_that_is_not_from_s3_is_refused_by_field(event, field):
    with pytest.raises(EventError) as caught:
        created_objects(event)
    message = str(caught.value)
    assert message.startswith(f'parsing event: field "{field}": ')
    assert message.endswith("send the function S3 notifications only")
    assert "\n" not in message


def test_several_problems_are_counted():
    event = without("eventName")
    del event["Records"][0]["s3"]
    with pytest.raises(EventError, match=r"\(and 1 more\)"):
        created_objects(event)

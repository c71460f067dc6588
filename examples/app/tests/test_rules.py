"""Rules: which objects they leave alone, how often they are read, which are refused."""

import pytest
from conftest import BUCKET, PARAMETER, set_rules

from metadata_updater.refs import ObjectRef
from metadata_updater.rules import Rules, RulesError, RulesSource, parse


@pytest.mark.parametrize(
    ("key", "size", "reason"),
    [
        ("a", 10, None),
        ("a", 11, "it has 11 bytes, more than 10"),
        ("tmp/a", 1, "its prefix is left out"),
        ("a/tmp/b", 1, None),
    ],
)
def test_rules_say_why_an_object_is_skipped(key, size, reason):
    rules = Rules(max_bytes=10, skip_prefixes=("tmp/",))
    assert rules.reason_to_skip(ObjectRef(BUCKET, key), size) == reason


def test_without_prefixes_none_is_left_out():
    assert Rules(max_bytes=10).reason_to_skip(ObjectRef(BUCKET, "a"), 1) is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{}", 'field "max_bytes"'),
        ('{"max_bytes": 0}', 'field "max_bytes"'),
        ('{"max_bytes": "10"}', 'field "max_bytes"'),
        ('{"max_bytes": 1, "skip_prefixes": [""]}', 'field "skip_prefixes.0"'),
        ('{"max_bytes": 1, "skip": []}', 'field "skip"'),
        ("[]", 'field ""'),
        ("max_bytes=1", "Expecting value"),
    ],
)
def test_invalid_rules_are_refused(text, problem):
    with pytest.raises(ValueError, match=problem):
        parse(text)


def test_rules_are_read_again_only_when_old(ssm):
    now = 0.0
    source = RulesSource(ssm, PARAMETER, ttl=60, clock=lambda: now)
    assert source.current().max_bytes == 1000
    set_rules(ssm, {"max_bytes": 5})
    now = 59.9
    assert source.current().max_bytes == 1000
    now = 60.0
    assert source.current() == Rules(max_bytes=5)


def test_a_missing_parameter_is_named(ssm):
    source = RulesSource(ssm, "/none")
    with pytest.raises(RulesError, match=r'^reading rules from parameter "/none": .*role may read'):
        source.current()


def test_an_invalid_parameter_is_named(ssm):
    set_rules(ssm, '{"max_bytes": -1}')
    source = RulesSource(ssm, PARAMETER)
    with pytest.raises(RulesError, match=rf'^parsing rules of parameter "{PARAMETER}": field'):
        source.current()

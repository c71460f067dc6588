import pytest

import visits


@pytest.fixture
def store():
    store = visits.connect()
    store.flushdb()
    return store


def test_counts(store):
    assert [visits.visit(store, "/a"), visits.visit(store, "/a"), visits.visit(store, "/b")] == [1, 2, 1]
    assert visits.most_visited(store) == "/a"


def test_starts_empty(store):
    assert visits.most_visited(store) is None

from importlib.util import find_spec


def test_installed():
    assert find_spec("six")
    assert not find_spec("idna")

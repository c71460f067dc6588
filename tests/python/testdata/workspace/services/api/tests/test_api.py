import subprocess
from importlib.metadata import version
from importlib.util import find_spec

import api


def test_api():
    assert version("api") == api.__version__
    assert subprocess.check_output(["api"], text=True) == "api with common\n"


def test_what_is_installed():
    assert find_spec("click"), "an extra that the table asks for"
    assert find_spec("idna"), "what the library depends on"
    assert not find_spec("toml"), "a group that is no default"

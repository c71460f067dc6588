import subprocess
from importlib.metadata import entry_points, version
from importlib.util import find_spec
from pathlib import Path

import tomllib

from shared_check import ANSWER


def stated():
    text = Path("pyproject.toml").read_text()
    return tomllib.loads(text)["project"]["version"]


def test_version():
    assert version("orders") == stated()
    assert version("common") == "0.1.0"


def test_console_script():
    assert subprocess.check_output(["orders"], text=True) == "orders with common\n"


def test_entry_point():
    (handler,) = entry_points(group="orders.handlers")
    assert handler.name == "sqs"
    assert callable(handler.load())


def test_what_is_installed():
    assert find_spec("idna"), "an extra that the table asks for"
    assert find_spec("six"), "what the library depends on"
    assert not find_spec("toml"), "an optional group that nobody asks for"


def test_what_is_read():
    assert not Path("../../infra").exists()
    assert not Path("../billing").exists()


def test_what_the_makefile_names_elsewhere():
    assert ANSWER == 42

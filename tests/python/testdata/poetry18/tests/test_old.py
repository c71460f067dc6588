import subprocess
from importlib.metadata import version

import six


def test_old():
    assert six.__version__
    assert version("old") == "0.4.0"
    assert subprocess.check_output(["old"], text=True) == "old\n"

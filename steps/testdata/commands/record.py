"""Records what commands of projects print when they really fail, a file for each case.

    python3 record.py PYTHON     # PYTHON: of a virtual environment with pytest and pytest-cov

What is of the machine is replaced: the folder by /app, the environment by /opt/venv.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

python = pathlib.Path(sys.argv[1])
venv = python.parent.parent

TEST = "def test_it():\n    assert True\n"

# name: (recipe of the target, files, programs that are not there)
CASES = {
    "command-missing": ("ruff-of-another-world check src", {}),
    "command-missing-in-a-pipe": ("cat Makefile | no-such-program --check", {}),
    "command-missing-in-bash": ("bash -c 'no-such-program && true'", {}),
    "command-not-executable": ("./run.sh", {"run.sh": "true\n"}),
    "no-tests-collected": ("python -m pytest -q", {"tests/__init__.py": ""}),
    "no-tests-selected": ("python -m pytest -q -k nothing", {"test_a.py": TEST}),
    "pytest-unknown-option": ("python -m pytest --timeout=5", {"test_a.py": TEST}),
    "pytest-no-such-path": ("python -m pytest no/such/tests", {}),
    "pytest-not-installed": ("python -S -m pytest", {}),
    "import-in-test": ("python -m pytest", {"test_a.py": "import boto_of_another_world\n" + TEST}),
    "import-in-conftest": ("python -m pytest", {"conftest.py": "import boto_of_another_world\n", "test_a.py": TEST}),
    "coverage-too-low": ("python -m pytest --cov=src --cov-fail-under=90", {"src/a.py": "def f(x):\n    if x:\n        return 1\n    return 2\n", "test_a.py": TEST}),
    "variable-not-set": ("python -m pytest", {"test_a.py": "import os\n\n\ndef test_it():\n    assert os.environ['DATABASE_URL']\n"}),
    "dotenv-included": ("true", {}, "include .env\n"),
    "dotenv-sourced": (". ./.env && python -m pytest", {}),
    "dotenv-opened": ("python -m pytest", {"test_a.py": "def test_it():\n    open('.env').read()\n"}),
    "not-a-git-repository": ("git describe --always", {}),
    "git-not-installed": ("env PATH=/opt/nothing /usr/bin/make -f git.mk", {"git.mk": "all:\n\tgit describe --always\n"}),
    "git-not-installed-in-test": ("python -m pytest", {"test_a.py": "import subprocess\n\n\ndef test_it():\n    subprocess.check_call(['git', 'describe'], env={'PATH': '/opt/nothing'})\n"}),
    "connection-refused": ("python -m pytest", {"test_a.py": "import socket\n\n\ndef test_it():\n    socket.create_connection(('localhost', 9))\n"}),
    "unknown-host": ("python -m pytest", {"test_a.py": "import socket\n\n\ndef test_it():\n    socket.create_connection(('postgres.invalid', 5432))\n"}),
    "killed": ("python kill.py 9", {"kill.py": "import os, sys\nos.kill(os.getpid(), int(sys.argv[1]))\n"}),
    "killed-shell": ("sh -c 'kill -9 $$$$; true'", {}),
    "segmentation-fault": ("python kill.py 11", {"kill.py": "import os, sys\nos.kill(os.getpid(), int(sys.argv[1]))\n"}),
    "aborted": ("python kill.py 6", {"kill.py": "import os, sys\nos.kill(os.getpid(), int(sys.argv[1]))\n"}),
    "memory-error": ("python -c 'x = bytearray(1 << 60)'", {}),
    "disk-full": ("python -c \"open('/dev/full', 'wb', 0).write(b'x')\"", {}),
    "unittest-fails": ("python -m unittest", {"test_a.py": "import unittest\n\n\nclass T(unittest.TestCase):\n    def test_one(self):\n        self.assertEqual(1, 2)\n\n    def test_two(self):\n        pass\n"}),
    "syntax-error": ("python build.py", {"build.py": "def f(:\n    pass\n"}),
    "exception": ("python build.py", {"build.py": "import json\n\njson.loads('{')\n"}),
    "makefile-separator": ("true", {}, "broken line\n"),
    "makefile-missing-dependency": ("true", {}, "target: nowhere.txt\n"),
    "error-of-the-project": ("@echo 'error: the schema is out of date: run make schema' >&2; exit 3", {}),
    "compiler-missing": ("python -m pip install --no-build-isolation --no-index ./ext", {
        "ext/setup.py": "from setuptools import Extension, setup\nsetup(name='ext', version='1', ext_modules=[Extension('ext', ['ext.c'])])\n", "ext/ext.c": "int x;\n"}),
    "timeout": ("timeout 1 sleep 5", {}),
}


def record(name, recipe, files, before=""):
    folder = pathlib.Path(tempfile.mkdtemp())
    (folder / "Makefile").write_text(before + ".PHONY: target\ntarget:\n\t" + recipe + "\n")
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    env = {"PATH": "%s:/usr/bin:/bin" % python.parent, "LANG": "C.UTF-8", "HOME": "/nonexistent", "CC": "no-such-compiler"}
    ran = subprocess.run(["make", "target"], cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
    shutil.rmtree(folder)
    if ran.returncode == 0:
        sys.exit("%s: it did not fail" % name)
    text = "exit code %d\n-- stdout --\n%s-- stderr --\n%s" % (ran.returncode, ran.stdout.decode(), ran.stderr.decode())
    for old, new in ((str(folder), "/app"), (str(venv), "/opt/venv"), ("/usr/bin/make", "make")):
        text = text.replace(old, new)
    text = re.sub(r"-I/\S*/include/python3\.\d+", "-I/usr/include/python3", text)
    text = re.sub(r"/\S*/lib/python3\.\d+/", "/usr/lib/python3/", text)
    text = re.sub(r"pip-\S+-\w+", "pip-build", text)
    pathlib.Path(__file__).with_name(name + ".txt").write_text(text)


for name, case in CASES.items():
    if len(sys.argv) < 3 or name in sys.argv[2:]:
        record(name, *case)

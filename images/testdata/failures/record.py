"""Records what installations of packages print when they really fail, a file for each case.

    python3 record.py PYTHON     # PYTHON: of a virtual environment with pip, setuptools and wheel

What is of the machine is replaced. An index and a git server that ask for a login are started here.
"""

import http.server
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading

python = pathlib.Path(sys.argv[1])


class Login(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/simple/six/":
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b'<a href="/files/six-1.17.0-py3-none-any.whl">six</a>')
            return
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="here"')
        self.end_headers()

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Login)
threading.Thread(target=server.serve_forever, daemon=True).start()
here = "http://127.0.0.1:%d" % server.server_address[1]

EXT = "from setuptools import Extension, setup\nsetup(name='ext', version='1', ext_modules=[Extension('ext', ['ext.c'])])\n"
PIP = [str(python), "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--no-cache-dir"]

CASES = {
    "python-too-old": (PIP + ["--no-build-isolation", "--no-index", "./p"], {"p/pyproject.toml": "[project]\nname='p'\nversion='1'\nrequires-python='>=3.99'\n"}),
    "python-too-new": (PIP + ["--no-build-isolation", "--no-index", "./p"], {"p/pyproject.toml": "[project]\nname='p'\nversion='1'\nrequires-python='<3.8'\n"}),
    "index-refuses-login": (PIP + ["--index-url", here + "/simple", "six"], {}),
    "git-wants-login": (PIP + ["git+%s/team/library.git" % here], {}),
    "git-refuses-login": (PIP + ["git+http://name:wrong@%s/team/library.git" % here[7:]], {}),
    "rust-missing": (PIP + ["--no-binary", "rpds-py", "rpds-py==0.22.3"], {}),
    "compiler-missing": (PIP + ["--no-build-isolation", "--no-index", "./ext"], {"ext/setup.py": EXT, "ext/ext.c": "int x;\n"}),
    "header-missing": (PIP + ["--no-build-isolation", "--no-index", "./ext"], {"ext/setup.py": EXT, "ext/ext.c": "#include <no-such-library.h>\n"}, {"CC": "gcc"}),
}

for name, (command, files, *more) in CASES.items():
    folder = pathlib.Path(tempfile.mkdtemp())
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    env = {"PATH": "%s:/usr/bin:/bin" % python.parent, "LANG": "C.UTF-8", "HOME": "/nonexistent", "CC": "x86_64-linux-gnu-gcc-of-old", "GIT_TERMINAL_PROMPT": "0"}
    for passed in ("PIP_INDEX_URL", "PIP_TRUSTED_HOST", "PIP_CERT", "HTTPS_PROXY", "NO_PROXY", "PIP_CONFIG_FILE"):
        if passed in os.environ:
            env[passed] = os.environ[passed]
    env.update(*more)
    ran = subprocess.run(command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    shutil.rmtree(folder)
    if ran.returncode == 0:
        sys.exit("%s: it did not fail" % name)
    text = ran.stdout.decode().replace(str(folder), "/app").replace(str(python.parent.parent), "/opt/venv").replace(here[7:], "packages.example.com")
    text = re.sub(r"(?m)^Looking in indexes: .*\n", "", text)
    text = re.sub(r"-I/\S*/include/python3\.\d+", "-I/usr/include/python3", re.sub(r"/\S*/lib/python3\.\d+/", "/usr/lib/python3/", text))
    text = re.sub(r"/tmp/[\w-]+", "/tmp/pip", text)
    pathlib.Path(__file__).with_name(name + ".txt").write_text(text)

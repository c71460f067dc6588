"""Finds the JUnit and Cobertura reports that a run of the tests wrote, whatever wrote them, wherever they are."""

import collections
import glob
import hashlib
import importlib.util
import itertools
import os
import shutil
import stat
import subprocess
import sys
import sysconfig
import tempfile
import xml.etree.ElementTree as ET
from xml.sax.saxutils import escape

import command

# Where the reports are given, and where pytest writes those that nobody asked it for, and
# copies of those that somebody did: pipeline_junit.py knows both.
OUT = "/opt/pipeline/out/reports"
PYTEST = "/var/tmp/pipeline-junit"
COPIES = os.path.join(PYTEST, "copies")

HOME = os.path.dirname(os.path.abspath(__file__))

# What a run did not write by itself, or what is too much to look at.
SKIPPED = {".git", ".venv", "venv", "node_modules", "site-packages", "__pycache__"}
LARGEST = 200 << 20


def ask_pytest():
    """Give pytest a plugin that makes it write a report where the project asks for none.

    It is found like any installed one: no option, no variable and no file of the
    project is touched, so nothing is measured, selected or failed that was not.
    """
    for folder in (PYTEST, COPIES):
        os.makedirs(folder, exist_ok=True)
        os.chmod(folder, 0o1777)
    packages = sysconfig.get_path("purelib")
    try:
        shutil.copy(os.path.join(HOME, "pipeline_junit.py"), packages)
        info = os.path.join(packages, "pipeline_junit-1.dist-info")
        os.makedirs(info, exist_ok=True)
        with open(os.path.join(info, "METADATA"), "w") as f:
            f.write("Metadata-Version: 2.1\nName: pipeline-junit\nVersion: 1\n")
        with open(os.path.join(info, "entry_points.txt"), "w") as f:
            f.write("[pytest11]\npipeline-junit = pipeline_junit\n")
    except OSError:
        pass  # no report then, if the project asks for none


def cut_short():
    """Tell whether a run of pytest ended before its tests did."""
    return bool(glob.glob(os.path.join(PYTEST, "begun-*")))


def moment():
    """Now, by the clock of the file system."""
    with tempfile.NamedTemporaryFile() as f:
        return os.fstat(f.fileno()).st_ctime_ns


def collect(since, spec):
    found = {"junit": [], "cobertura": []}
    seen = set()
    for path in candidates(since, spec["reports"]):
        kind = kind_of(path)
        with open(path, "rb") as f:
            digest = hashlib.sha256(f.read()).digest()
        if kind and digest not in seen:
            seen.add(digest)
            found[kind].append(path)
    for pattern in spec["reports"]:
        if not any(candidates(since, [pattern])):
            command.note('reports in [tool.pipeline.test] names "%s", and the tests wrote no such file' % pattern)
    os.makedirs(OUT, exist_ok=True)
    merge(once(found["junit"]))
    for number, path in enumerate(found["cobertura"], 1):
        shutil.copyfile(path, os.path.join(OUT, "coverage.xml" if number == 1 else "coverage-%d.xml" % number))
    if not found["cobertura"]:
        measured(since)
    for name in os.listdir(OUT):
        mask(os.path.join(OUT, name), spec["secrets"])


def candidates(since, patterns):
    """The XML files that the run wrote: of the given patterns, or anywhere that a project writes."""
    if patterns:
        named = [p for pattern in patterns for p in sorted(glob.glob(pattern, recursive=True))]
        paths = [p for name in named for p in overwritten().get(os.path.abspath(name), []) + [name]]
    else:
        paths = [p for copies in overwritten().values() for p in copies]
        paths += [p for root in places() for p in below(root) if not p.startswith(COPIES + "/")]
    for path in paths:
        info = os.stat(path) if os.path.exists(path) else None
        if info and stat.S_ISREG(info.st_mode) and info.st_ctime_ns >= since and info.st_size < LARGEST:
            yield path


def places():
    """Where a project writes reports."""
    return PYTEST, command.SOURCE, tempfile.gettempdir()


def overwritten():
    """Copies of reports that are not where they were written to, by that path: a later run of pytest wrote over
    them, or nobody looks there."""
    copies = {}
    for run in sorted(os.listdir(COPIES)) if os.path.isdir(COPIES) else []:
        for copy in below(os.path.join(COPIES, run), ""):
            copies.setdefault(copy[len(os.path.join(COPIES, run)):], []).append(copy)
    found = tuple(root + "/" for root in places())
    return {path: all[:-1] if path.startswith(found) and path.endswith(".xml") else all for path, all in copies.items()}


def below(root, ending=".xml"):
    paths = []
    for folder, folders, files in os.walk(root):
        # What tests write to their own tmp_path is not what they came to.
        folders[:] = sorted(f for f in folders if f not in SKIPPED and not f.startswith("pytest-of-"))
        paths += [os.path.join(folder, f) for f in files if f.endswith(ending)]
    return sorted(paths, key=lambda p: (os.lstat(p).st_mtime_ns, p))


def kind_of(path):
    try:
        with open(path, "rb") as f:
            if b"<!ENTITY" in f.read(4096):
                return None
            f.seek(0)
            for _, root in ET.iterparse(f, events=("start",)):
                break
            f.seek(0)
            whole = ET.parse(f).getroot()
    except (ET.ParseError, UnicodeError, ValueError):
        return None
    if root.tag in ("testsuites", "testsuite"):
        return "junit" if next(whole.iter("testsuite"), None) is not None else None
    return "cobertura" if root.tag == "coverage" and "line-rate" in root.attrib else None


def once(paths):
    """Leave out a report whose tests are all in others: the project has merged those by itself."""
    tests = {path: tests_of(path) for path in paths}
    kept, had = [], collections.Counter()
    for path in sorted(paths, key=lambda p: -sum(tests[p].values())):
        if not tests[path] or tests[path] - had:
            kept.append(path)
            had |= tests[path]
    return [path for path in paths if path in kept]


def tests_of(path):
    """The tests in a report, as far as it says when they ran."""
    return collections.Counter(
        (suite.get("timestamp") or path, case.get("classname"), case.get("name"), case.get("time"))
        for suite in ET.parse(path).getroot().iter("testsuite") for case in suite.findall("testcase"))


def merge(paths):
    """One junit.xml has the suites of all reports; a single report stays as it is."""
    out = os.path.join(OUT, "junit.xml")
    if len(paths) == 1:
        shutil.copyfile(paths[0], out)
    elif paths:
        merged = ET.Element("testsuites")
        for path in paths:
            root = ET.parse(path).getroot()
            merged.extend([root] if root.tag == "testsuite" else list(root))
        ET.ElementTree(merged).write(out, encoding="utf-8", xml_declaration=True)


def measured(since):
    """Where the project measured coverage and wrote no report of it, write one of the same data."""
    if not importlib.util.find_spec("coverage"):
        return
    for number, data in enumerate(sorted(coverage_data(since), key=lambda d: (d.count("/"), d)), 1):
        out = os.path.join(OUT, "coverage.xml" if number == 1 else "coverage-%d.xml" % number)
        subprocess.run(
            [sys.executable, "-m", "coverage", "xml", "-o", out], cwd=settings_above(data), env={**os.environ, "COVERAGE_FILE": data},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)


def coverage_data(since):
    """What coverage.py wrote, under whatever name. Parts that the project did not combine are none."""
    for folder, folders, files in itertools.chain(os.walk(command.SOURCE), os.walk(tempfile.gettempdir())):
        folders[:] = [f for f in folders if f not in SKIPPED and not f.startswith("pytest-of-")]
        for path in (os.path.join(folder, f) for f in files if not f.startswith(".coverage.")):
            info = os.lstat(path)
            if stat.S_ISREG(info.st_mode) and info.st_ctime_ns >= since:
                with open(path, "rb") as f:
                    if f.read(15) == b"SQLite format 3" and b"coverage_schema" in f.read(1 << 16):
                        yield path


def settings_above(data):
    """The directory that coverage.py ran in: the nearest above its data that has settings for it, or the project's."""
    folder = os.path.dirname(data)
    while folder.startswith(os.getcwd() + "/"):
        if any(os.path.exists(os.path.join(folder, name)) for name in (".coveragerc", "setup.cfg", "tox.ini", "pyproject.toml")):
            return folder
        folder = os.path.dirname(folder)
    return os.getcwd()


def mask(path, names):
    """Take the values of secret variables out of a report."""
    values = {v for v in (os.environ.get(n, "") for n in names) if len(v) > 3}
    if not values:
        return
    with open(path, "rb") as f:
        text = f.read()
    for value in sorted(values, key=len, reverse=True):
        for form in (value, escape(value), escape(value, {'"': "&quot;"})):
            text = text.replace(form.encode(), b"***")
    with open(path, "wb") as f:
        f.write(text)

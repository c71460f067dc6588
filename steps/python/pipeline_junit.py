"""A pytest plugin: each run leaves a JUnit report of its own, whether the project asks for one or not.

A run whose report the project places leaves a copy, because a later run may have the same place.
"""

import os
import shutil
import time
import uuid

import pytest

# Set while a run goes on: one that a test starts, as those of pytest's plugins do, is no run of the project's tests.
RUNNING = "PIPELINE_PYTEST"

# reports.py knows both: what pytest writes here by itself, and COPIES/RUN/PATH of what it wrote to another path.
OWN = "/var/tmp/pipeline-junit"
COPIES = os.path.join(OWN, "copies")

# What begins so is there while a run has tests to run: reports.py looks for what is left.
BEGUN = os.path.join(OWN, "begun-")


def written(path):
    """Tell one state of a file from another."""
    try:
        info = os.stat(path)
    except OSError:
        return None
    return info.st_ino, info.st_mtime_ns, info.st_size


def keep(path, before):
    """Keep a copy of a report, if this run wrote it."""
    if written(path) in (None, before):
        return
    folder = os.path.join(COPIES, "%020d-%s" % (time.time_ns(), uuid.uuid4()))
    try:
        os.makedirs(folder + os.path.dirname(path))
        shutil.copyfile(path, folder + path)
    except OSError:
        pass  # the project's own report is there


class Begun:
    """Tells of a run that a test has ended, with os._exit(0) for example: its exit code is no verdict."""

    def __init__(self):
        self.process = os.getpid()
        self.mark = BEGUN + uuid.uuid4().hex
        try:
            open(self.mark, "w").close()
        except OSError:
            pass

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self):
        self.ended()

    def ended(self):
        if os.getpid() == self.process:  # not in a process that a test has forked
            try:
                os.unlink(self.mark)
            except OSError:
                pass


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    if RUNNING in os.environ:
        return
    os.environ[RUNNING] = "yes"
    config.add_cleanup(lambda: os.environ.pop(RUNNING, None))
    begun = Begun()
    config.pluginmanager.register(begun, "pipeline-begun")
    config.add_cleanup(begun.ended)
    asked = getattr(config.option, "xmlpath", None)
    if asked:
        path = os.path.abspath(os.path.expanduser(os.path.expandvars(asked)))
        before = written(path)
        config.add_cleanup(lambda: keep(path, before))
    elif not config.option.collectonly:
        config.option.xmlpath = os.path.join(OWN, "junit-%s.xml" % uuid.uuid4())
        config.pluginmanager.register(OwnReport(config), "pipeline-own-report")


class OwnReport:
    """Makes the report that nobody asked for take whatever a test records: pytest warns of record_property in a report
    of its usual family, and a project that takes warnings for errors would fail by it."""

    def __init__(self, config):
        self.config = config

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self):
        for plugin in self.config.pluginmanager.get_plugins():
            if getattr(plugin, "logfile", None) == self.config.option.xmlpath and hasattr(plugin, "family"):
                plugin.family = "xunit1"

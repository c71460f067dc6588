"""A pytest plugin: each run writes a JUnit report of its own, where the project asks for none."""

import os
import uuid

import pytest

# Set while a run goes on: one that a test starts, as those of pytest's plugins do, is no run of the project's tests.
RUNNING = "PIPELINE_PYTEST"


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    if RUNNING in os.environ:
        return
    os.environ[RUNNING] = "yes"
    config.add_cleanup(lambda: os.environ.pop(RUNNING, None))
    if not getattr(config.option, "xmlpath", None) and not config.option.collectonly:
        config.option.xmlpath = os.path.join("/var/tmp/pipeline-junit", "junit-%s.xml" % uuid.uuid4())

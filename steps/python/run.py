"""Runs the project's own command in the app container: `run.py test`, `run.py build`.

`run.py pack` packs what is installed for Lambda, where a build has no command.

`run.py reports` gives the reports of the last run of the tests, where that run failed.
"""

import json
import os
import sys
import time

HOME = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HOME)

import artifacts  # noqa: E402
import command  # noqa: E402
import pack  # noqa: E402
import records  # noqa: E402
import reports  # noqa: E402


def test(spec):
    os.makedirs(reports.OUT, exist_ok=True)
    record = records.Record(spec)
    record.drop()
    args = command.chosen(spec["command"], "test", ["pytest"])
    command.link_environments(args)
    reports.ask_pytest()
    since = reports.moment()
    code = command.run(args)
    if code:
        command.note_broken_links()
        command.note_submodules()
    elif reports.cut_short():
        code = cut_short(args)
    try:
        reports.collect(since, spec)
        if code:
            record.keep(reports.OUT)
    except Exception as e:  # the verdict is the tests' own
        command.note("collecting the reports: %s: %s" % (type(e).__name__, e))
    return code


def cut_short(args):
    """The exit code where pytest ended before its tests did, with the code 0. A command of the project's own may want that."""
    what = "pytest ended before its tests did: one of them, or what it calls, ends the process (os._exit(0) in Python): pytest -v names it last"
    if args == ["pytest"]:
        command.say(what)
        return 1
    command.note(what)
    return 0


def build(spec):
    if not spec["command"] and not command.has_target("build"):
        artifacts.none()
        return 0
    artifacts.remove(spec["artifacts"])
    code = command.run(command.chosen(spec["command"], "build"))
    if code == 0:
        artifacts.collect(spec["artifacts"])
    return code


def packed(spec):
    pack.pack(spec["pack"])
    return 0


def kept(spec):
    """Say whether there were reports; they are then in place as after a run."""
    record = records.Record(spec)
    print("kept" if record.take(reports.OUT) else "none")
    if spec["forget"]:
        record.drop()
    return 0


def ended():
    """Say when this run ended: what it made may be the answer to a later call."""
    with open(os.path.join(HOME, "ended"), "w") as f:
        f.write("%d" % time.time())


if __name__ == "__main__":
    with open(os.path.join(HOME, "spec.json")) as f:
        spec = json.load(f)
    try:
        code = {"test": test, "build": build, "pack": packed, "reports": kept}[sys.argv[1]](spec)
        ended()
        sys.exit(code)
    except command.Refused as e:
        command.say(str(e))
        sys.exit(e.code)

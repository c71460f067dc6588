#!/bin/sh
# Ask the build backend of a package what it requires, with the extras that follow: as
# lines of a requirements file. What a marker says of an extra is decided here.
set -eu
python3 -m venv /tmp/asking
/tmp/asking/bin/python -m pip install --quiet --no-cache-dir --disable-pip-version-check --dry-run --ignore-installed --no-deps --report /tmp/report "$1"
shift
/tmp/asking/bin/python -c '
import json, re, sys
wanted = {re.sub("[-_.]+", "-", extra).lower() for extra in sys.argv[1:]}
def decided(m):
    has = re.sub("[-_.]+", "-", m.group(1)).lower() in wanted
    return "python_version %s \"0\"" % (">" if has else "<")
with open("/tmp/requires", "w") as f:
    for line in json.load(open("/tmp/report"))["install"][0]["metadata"].get("requires_dist", []):
        f.write(re.sub("extra *== *[\"\x27]([^\"\x27]*)[\"\x27]", decided, line) + "\n")
' "$@"

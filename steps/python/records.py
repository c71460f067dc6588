"""The reports of failed runs, which the engine keeps in a volume.

A run that fails is no result for the engine, so that it is never the answer to
a later call; what it wrote would be gone with it. There is a record for as long
as the last run of the same tests is one that failed.
"""

import hashlib
import json
import os
import shutil
import stat
import sys
import sysconfig
import time
import uuid

import command

VOLUME = "/var/lib/pipeline-reports"

# Records are for whoever asks why a run failed, soon.
AGE = 7 * 24 * 3600


class Record:
    def __init__(self, spec):
        self.path = os.path.join(VOLUME, key(spec))

    def drop(self):
        shutil.rmtree(self.path, ignore_errors=True)

    def keep(self, reports):
        """Whole or not at all: a run may be killed at any moment."""
        fresh = os.path.join(VOLUME, "new-" + uuid.uuid4().hex)
        shutil.copytree(reports, fresh)
        self.drop()
        try:
            os.rename(fresh, self.path)
        except OSError:  # another run of the same tests was faster
            shutil.rmtree(fresh, ignore_errors=True)
        prune()

    def take(self, reports):
        """Copy what is kept; the volume may hold anything, what is no regular file is left out."""
        try:
            names = sorted(os.listdir(self.path))
        except OSError:
            return False
        os.makedirs(reports, exist_ok=True)
        for name in names:
            file = os.path.join(self.path, name)
            if stat.S_ISREG(os.lstat(file).st_mode):
                shutil.copyfile(file, os.path.join(reports, name))
        return True


def prune():
    for entry in os.scandir(VOLUME):
        if entry.stat(follow_symlinks=False).st_mtime < time.time() - AGE:
            shutil.rmtree(entry.path, ignore_errors=True)


def installed():
    """What tells one image from another: the system, Python, and the packages with their versions."""
    yield sys.version
    if os.path.exists("/etc/os-release"):
        with open("/etc/os-release") as f:
            yield f.read()
    yield from sorted(n for n in os.listdir(sysconfig.get_path("purelib")) if n.endswith("-info"))


def key(spec):
    """Name a run by all that it depends on: what was asked for, what is installed, and the source."""
    h = hashlib.sha256()
    asked = {k: v for k, v in spec.items() if k != "forget"}
    h.update(json.dumps(asked, sort_keys=True).encode())
    h.update("\n".join(installed()).encode())
    for folder, folders, files in os.walk(command.SOURCE):
        folders.sort()
        for name in sorted(files + [f for f in folders if os.path.islink(os.path.join(folder, f))]):
            path = os.path.join(folder, name)
            info = os.lstat(path)
            h.update(b"\0%s\0%o\0" % (os.fsencode(path), info.st_mode))
            if stat.S_ISLNK(info.st_mode):
                h.update(os.fsencode(os.readlink(path)))
            elif stat.S_ISREG(info.st_mode):
                h.update(b"%d\0" % info.st_size)
                with open(path, "rb") as f:
                    for block in iter(lambda: f.read(1 << 20), b""):
                        h.update(block)
    return h.hexdigest()

"""Adding files and directories to a package, by the paths that they have in it."""

import fnmatch
import glob
import os
import stat

import command

# What a function never reads, and what differs from one installation to the next.
LEFT_OUT = ("__pycache__", "*.pyc", ".lock", ".git", ".venv")
OF_INSTALLER = ("direct_url.json", "uv_cache.json", "uv_build.json", "REQUESTED", "INSTALLER")

# What a file of Git LFS begins with where it was not fetched.
LFS_POINTER = b"version https://git-lfs.github.com/spec/"


def add(files, path, name):
    """Add a file or a directory under a name; what is added later takes the place of what was there."""
    if name.startswith(".."):
        raise command.Refused("%s is outside of the project: name files in it" % path)
    if not os.path.exists(path):
        raise command.Refused(command.leads_nowhere(path))
    if not os.path.isdir(path):
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise command.Refused("%s is no regular file: leave it out" % path)
        files[name] = path
        return
    for entry in sorted(os.listdir(path)):
        inner = os.path.join(name, entry)
        own = os.path.dirname(inner).endswith(".dist-info") and entry in OF_INSTALLER
        # Commands of packages name the interpreter of this container.
        if not left_out(entry) and not own and not (inner == "bin" and path.startswith("/opt/packed/")):
            add(files, os.path.join(path, entry), inner)


def refuse_pointer(name, head):
    """Refuse what stands for a file that is not there, by what it begins with."""
    if head.startswith(LFS_POINTER):
        raise command.Refused("%s is a pointer of Git LFS, and not the file: have it fetched before the call (git lfs pull, or lfs: true of actions/checkout)" % name)


def left_out(name):
    return matches(name, LEFT_OUT)


def matches(name, patterns):
    return any(fnmatch.fnmatch(name, pattern) for pattern in patterns)


def has(directory, *endings):
    """Tell whether a directory has files with one of the endings."""
    return os.path.isdir(directory) and any(p.endswith(endings) for p in glob.iglob(os.path.join(glob.escape(directory), "**", "*"), recursive=True))

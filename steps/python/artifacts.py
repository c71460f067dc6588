"""The artifacts that a build leaves: regular files, at their own paths."""

import glob
import os
import shutil
import stat
import zipfile

import command
import tree

OUT = "/artifacts"

# The file that lists their paths.
LIST = os.path.join(os.path.dirname(os.path.abspath(__file__)), "artifacts")

KINDS = {stat.S_IFDIR: "a directory", stat.S_IFIFO: "a FIFO", stat.S_IFSOCK: "a socket", stat.S_IFBLK: "a device", stat.S_IFCHR: "a device"}


# Where a project that names no artifacts leaves them: the first that is there.
USUAL = ["artifact.zip", "dist/*.zip"]


def matches(pattern):
    return sorted(os.path.normpath(p) for p in glob.glob(pattern, recursive=True))


def remove(patterns):
    """What lies in the source must not pass for what was built."""
    for pattern in patterns or USUAL:
        for path in matches(pattern):
            if os.path.isdir(path) and not os.path.islink(path):
                continue
            os.unlink(path)


def none():
    """Leave an empty list: there is no command that builds."""
    os.makedirs(OUT, exist_ok=True)
    open(LIST, "w").close()


def collect(patterns):
    os.makedirs(OUT, exist_ok=True)
    given = []
    if not patterns:
        patterns = [p for p in USUAL if matches(p) or os.path.islink(p)][:1] or USUAL[:1]
    for pattern in patterns:
        paths = matches(pattern)
        if not paths and os.path.islink(pattern):
            paths = [pattern]
        if not paths:
            where = "in the project's root, and no dist/*.zip: name what it leaves in [tool.pipeline.package] artifacts of pyproject.toml" if pattern == USUAL[0] else "(the pattern is in pyproject.toml: [tool.pipeline.package] artifacts)"
            raise command.Refused("it left no %s %s" % (pattern, where))
        for path in paths:
            if path not in given:
                give(path)
                given.append(path)
    with open(LIST, "w") as f:
        f.write("\n".join(given))


def give(path):
    """Copy the file; of a link, the file behind it."""
    if not os.path.exists(path):
        raise command.Refused("%s is a link to %s, which is not there: let the build leave the file itself" % (path, os.readlink(path)))
    mode = os.stat(path).st_mode
    if not stat.S_ISREG(mode):
        raise command.Refused("%s is %s, not a file: let the build pack it" % (path, KINDS.get(stat.S_IFMT(mode), "special")))
    check_pointers(path)
    to = os.path.normpath(os.path.join(OUT, path))
    if not to.startswith(OUT + "/"):
        raise command.Refused("%s is outside of the project: let the build leave it in there" % path)
    os.makedirs(os.path.dirname(to), exist_ok=True)
    shutil.copyfile(path, to)
    os.chmod(to, stat.S_IMODE(mode))


# The longest pointer of Git LFS.
LONGEST = 1024


def check_pointers(path):
    """Refuse an archive that has a pointer in the place of a file. One that cannot be read is for who uses it to refuse."""
    try:
        with zipfile.ZipFile(path) as archive:
            small = [e for e in archive.infolist() if len(tree.LFS_POINTER) < e.file_size < LONGEST]
            heads = [(e.filename, archive.read(e)) for e in small]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError):
        return
    for name, head in heads:
        tree.refuse_pointer("%s in %s" % (name, path), head)

"""The artifacts that a build leaves, at their own paths: files, and directories that the table names."""

import glob
import os
import shutil
import stat
import zipfile

import command
import tree

OUT = "/opt/pipeline/out/artifacts"

# The file that lists their paths.
LIST = os.path.join(os.path.dirname(os.path.abspath(__file__)), "artifacts")

# Written for each .. that leads out of the project; steps/artifacts.go knows it.
OUTSIDE = "%2E%2E"

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
                if named(pattern): # it may have files of the project, too
                    command.note("%s is in the source: what the build does not replace there is in the artifact, too" % path)
                continue
            os.unlink(path)


def named(pattern):
    """Tell whether the table names one path: such a one may be a directory."""
    return pattern != USUAL[0] and not any(c in pattern for c in "*?[")


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
            name = give(path, named(pattern))
            if name not in given:
                given.append(name)
    with open(LIST, "w") as f:
        f.write("\n".join(given))


def give(path, directories):
    """Copy what is there, behind links too, and say its name: that of a directory ends with a slash."""
    if OUTSIDE in path.split("/"):
        raise command.Refused("%s has a name that stands for .. here: let the build call it otherwise" % path)
    if not os.path.exists(path):
        raise command.Refused("%s is a link to %s, which is not there: let the build leave the file itself" % (path, os.readlink(path)))
    mode = os.stat(path).st_mode
    to = os.path.join(OUT, place(path))
    if not to.startswith(OUT + "/"):
        raise command.Refused("%s is outside of the source: let the build leave it in there" % path)
    os.makedirs(os.path.dirname(to), exist_ok=True)
    if directories and stat.S_ISDIR(mode):
        give_directory(path, to)
        return place(path) + "/"
    if not stat.S_ISREG(mode):
        raise command.Refused("%s is %s, not a file: let the build pack it" % (path, KINDS.get(stat.S_IFMT(mode), "special")))
    check_pointers(path)
    shutil.copyfile(path, to)
    os.chmod(to, stat.S_IMODE(mode))
    return place(path)


def give_directory(path, to):
    try:
        shutil.copytree(path, to, dirs_exist_ok=True)
    except OSError as e:  # one line: shutil gives a list, of all files that it could not copy
        first = e.args[0][0] if isinstance(e, shutil.Error) else (e.filename or path, "", e.strerror or e)
        raise command.Refused("%s cannot be taken: %s" % (os.path.normpath(first[0]), first[2]))
    files = [os.path.join(at, name) for at, _, names in os.walk(to) for name in names]
    if not files:
        raise command.Refused("%s is an empty directory" % path)
    for file in files:
        if os.path.getsize(file) < LONGEST:
            with open(file, "rb") as f:
                tree.refuse_pointer(os.path.join(path, os.path.relpath(file, to)), f.read())


def place(path):
    """Where an artifact is below OUT."""
    return "/".join(OUTSIDE if part == ".." else part for part in os.path.normpath(path).split("/"))


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

"""Puts what symbolic links lead to in their places: a wheel, or an image of the service, has what is in a
directory of the source alone. A module behind one that leads to nothing is refused. Arguments: the project's
directory, from which paths are named, and the directories."""

import os
import re
import shutil
import sys


# What is in no package.
LEFT_OUT = ("node_modules", "venv", "tests", "test", "docs")


def below(directory):
    """Give all paths below a directory that may be packed."""
    for at, folders, names in os.walk(directory):
        folders[:] = [f for f in folders if not f.startswith(".") and f not in LEFT_OUT]
        yield from (os.path.join(at, name) for name in folders + names if not name.startswith(".") and name not in LEFT_OUT)


def imports(directory, name):
    """Tell whether Python in a directory imports a module of a name, from wherever it is."""
    line = re.compile(r"^\s*(?:from|import)\s.*\b%s\b|^\s+%s\s*(?:,|as\b|$)" % (name, name), re.MULTILINE)
    for path in below(directory):
        if path.endswith(".py") and os.path.isfile(path):
            with open(path, encoding="utf-8", errors="replace") as f:
                if line.search(f.read()):
                    return True
    return False


def inside(path, directory):
    return (path + "/").startswith(os.path.realpath(directory).rstrip("/") + "/")


def follow(directory, link):
    to = os.path.realpath(link)
    if not os.path.exists(link):
        name, target = os.path.basename(link), os.path.relpath(to)
        name = name[:-3] if name.endswith(".py") else name
        says = "%s is a link to %s, which is not there" % (os.path.relpath(link), target)
        if not name.isidentifier() or not imports(directory, name):
            print("pipeline: note: " + says, file=sys.stderr)
            return
        todo = "mend it"
        if target.startswith("../"):
            todo = 'name that path in [tool.pipeline.test], as in variables = { PYTHONPATH = "%s" }' % target
        sys.exit("%s: %s" % (says, todo))
    if inside(to, directory) or inside(os.path.realpath(directory), to):
        return
    os.unlink(link)
    if os.path.isdir(to):
        shutil.copytree(to, link, ignore_dangling_symlinks=True)
    else:
        shutil.copy2(to, link)


os.chdir(sys.argv[1])
for directory in sys.argv[2:]:
    for link in [path for path in below(directory) if os.path.islink(path)]:
        follow(directory, link)

"""Which command is the project's, and running it."""

import functools
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig

# Where the source is: the project is there, or below it.
SOURCE = "/app"

# What a line on standard error starts with that is the pipeline's own.
SAYS = "pipeline: "


class Refused(Exception):
    """The pipeline itself cannot go on."""

    def __init__(self, text, code=1):
        super().__init__(text)
        self.code = code


def say(text):
    print(SAYS + text, file=sys.stderr, flush=True)


def note(text):
    """Say what is no reason to stop."""
    say("note: " + text)


def chosen(given, target, other=None):
    """The command that the project states, else make's target, else the other one where it is installed."""
    if given:
        return ["sh", "-c", given]
    if has_target(target):
        args = ["make", target]
    elif other and shutil.which(other[0]):
        args = other
    else:
        what = 'no Makefile in the project\'s root has a target "%s"' % target
        if other:
            what += ", and %s is not installed" % other[0]
        table = "test" if other else "package"
        if other:
            what += ": add a target, or the extra or group that has %s to [tool.pipeline], or name the command" % other[0]
        else:
            what += ": add one, or name the command"
        raise Refused('%s in pyproject.toml: [tool.pipeline.%s] command = "%s"' % (what, table, other and without_pytest() or "..."), 2)
    say("running " + " ".join(args))
    if args[0] == "make" and is_idle(target):
        raise Refused('the Makefile has no command for the target "%s": give it one, and declare it .PHONY' % target)
    return args


def without_pytest():
    """The command that runs the project's tests without pytest, as far as its files tell."""
    if os.path.exists("manage.py"):
        return "python manage.py test"
    for at, folders, files in os.walk("."):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in ("node_modules", "venv"))
        for name in sorted(f for f in files if f.startswith("test") and f.endswith(".py")):
            with open(os.path.join(at, name), errors="replace") as f:
                if not re.search(r"(?m)^\s*(?:import|from) unittest\b", f.read()):
                    continue
            top = os.path.relpath(at).split(os.sep)[0]
            # The directory is searched only where it is a package.
            return "python -m unittest discover" + ("" if top == "." or os.path.exists(os.path.join(top, "__init__.py")) else " -s " + os.path.relpath(at))
    return ""


def has_target(target):
    """Ask make itself: a target may come from an included file. Nothing is run."""
    if not any(os.path.exists(name) for name in ("GNUmakefile", "makefile", "Makefile")):
        return False
    database, complaint, code = ask_make(target)
    found = rule_of(target, database)
    if found:
        prerequisites, told = found
        if "search has been done" not in told or "stem: '%s'" % target not in told:
            return True
        # A rule for just anything is none for tests, as `%:` of a Makefile or make's own `%: %.sh`, which copies
        # test.sh. One of the Makefile that wants a file of the target's name is, and so is a target that needs others.
        if "recipe to execute (from" in told and any(target in name for name in prerequisites.split()):
            return True
        found = rule_of(target, ask_make("pipeline-" + target)[0])
        return bool(found and found[0])
    # A Makefile that make cannot read is not one without the target: make will say what is wrong.
    return code == 2 and "No rule to make target '%s'" % target not in complaint


def is_idle(target):
    """Tell whether make would do nothing for a target. A Makefile may have make not say so."""
    return ask_make(target)[2] == 0 and not [line for line in dry_run(["make", target]).splitlines() if line.strip() and not MAKE_SAYS.match(line)]


MAKE_SAYS = re.compile(r"make(?:\[\d+\])?: ")


def dry_run(args):
    """What make would run."""
    return subprocess.run(
        [args[0], "-n", *args[1:]], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL).stdout.decode(errors="replace")


@functools.lru_cache(maxsize=None)
def ask_make(goal):
    """What make says of all that it would need for a goal, and its exit code. Nothing is run."""
    try:
        asked = subprocess.run(
            ["make", "-npq", goal], env={**os.environ, "LC_ALL": "C"},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
    except FileNotFoundError:
        raise Refused("make is not in the app container: use an image that has it, or one that it can be installed in", 127) from None
    return asked.stdout.decode(errors="replace"), asked.stderr.decode(errors="replace"), asked.returncode


def rule_of(target, database):
    """The prerequisites of a target in what make says, and what it tells of it; None where it is no target."""
    rule = re.search(r"(?m)(?<!# Not a target:\n)^%s *::?(?!=)(.*)\n((?:#.*\n)*)" % re.escape(target), database)
    return rule and (rule[1].strip(), rule[2])


# What makes a virtual environment, and refuses or empties one that is there.
MAKES_ENVIRONMENT = re.compile(r"\b(?:uv venv|virtualenv)\b|--clear\b")

# What makes one where there is one already.
MAKES_AGAIN = re.compile(r"-m venv\b")

# A command of a virtual environment that a team has in the project's directory.
IN_ENVIRONMENT = re.compile(r"""(?:^|[\s'"=;&|(`@])(?:\./)?(\.venv|venv|env)/bin/""")


def link_environments(args):
    """Where commands come from a virtual environment in the project's directory, such as
    .venv/bin/pytest, it is the one that is installed, unless there is one."""
    text = " ".join(args)
    made = args if args[0] == "make" else text.split()[2:] if re.fullmatch(r"sh -c make [\w.= -]+", text) else None
    if made:
        text = dry_run(made)
    if MAKES_ENVIRONMENT.search(text):
        return
    for name in sorted(set(IN_ENVIRONMENT.findall(text.replace(os.getcwd() + "/", "")))):
        if not os.path.lexists(name):
            note("%s is the environment that the packages are installed in" % name)
            if MAKES_AGAIN.search(text):
                stand_in(name)
            else:
                os.symlink(sys.prefix, name)


def stand_in(name):
    """Make an environment that has all that is installed: venv goes over one that is there, but not over a link."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", name], check=True)
    packages = subprocess.run(
        [os.path.join(name, "bin/python"), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], check=True, stdout=subprocess.PIPE).stdout.decode().strip()
    with open(os.path.join(packages, "installed.pth"), "w") as f:
        f.write("import site; site.addsitedir(%r)\n" % sysconfig.get_path("purelib"))
    for entry in os.listdir(os.path.join(sys.prefix, "bin")):
        if not os.path.lexists(os.path.join(name, "bin", entry)):
            os.symlink(os.path.join(sys.prefix, "bin", entry), os.path.join(name, "bin", entry))


def note_broken_links(folder="."):
    """Say which symbolic links of the project lead out of it, to what the tests do not have."""
    for at, folders, files in os.walk(folder):
        folders[:] = [f for f in folders if not f.startswith(".") and f not in ("node_modules", "venv")]
        for path in (os.path.join(at, name) for name in folders + files):
            to = os.path.relpath(os.path.realpath(path))
            if to.startswith("..") and os.path.islink(path) and not os.path.exists(path):
                note("%s is a link to %s, which the tests do not have" % (os.path.relpath(path), to))


def note_submodules():
    """Say which git submodules of the project are empty."""
    try:
        with open(os.path.join(SOURCE, ".gitmodules"), encoding="utf-8", errors="replace") as f:
            paths = re.findall(r"(?m)^\s*path\s*=\s*(.*\S)", f.read())
    except OSError:
        return
    for path in (os.path.relpath(os.path.join(SOURCE, p)) for p in paths):
        if not path.startswith("..") and not (os.path.isdir(path) and os.listdir(path)):
            note("%s is a git submodule that was not fetched" % path)


def leads_nowhere(path):
    """Why what a package would have of a path cannot be read."""
    if not os.path.islink(path):
        return "there is no %s" % path
    to = os.path.relpath(os.path.realpath(path))
    return '%s is a link to %s, which the package does not have: name that path in [tool.pipeline.test], as in variables = { PYTHONPATH = "%s" }' % (os.path.relpath(path), to, to)


def run(args):
    """Run a command to its end and give its exit code; 128 and the signal's number where one ended it."""
    # A stop request reaches all of this process group: the command decides what becomes of it.
    for s in (signal.SIGINT, signal.SIGTERM):
        signal.signal(s, lambda *_: None)
    try:
        code = subprocess.Popen(args).wait()
    except FileNotFoundError:
        raise Refused("%s: command not found" % args[0], 127) from None
    if code < 0:
        note("the command was ended by signal %d (%s)" % (-code, signal.Signals(-code).name))
        return 128 - code
    return code

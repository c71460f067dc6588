"""Packs what is installed for Lambda into one archive: the same bytes for the same files."""

import collections
import glob
import os
import re
import stat
import struct
import zipfile

import artifacts
import command
import modules
import tree

MB = 1024 * 1024
ZIPPED, UNZIPPED = 50 * MB, 250 * MB

# ELF's numbers of the machines that Lambda has.
MACHINES = {"x86_64": 62, "arm64": 183}


def pack(spec):
    files = {}
    for directory in spec["installed"]:
        tree.add(files, directory, "")
    installed = {modules.stem(name.split("/")[0]) for name in files}
    for directory in spec["dirs"]:
        own = modules.modules(directory, [os.path.abspath(r) for r in spec["roots"]], spec["handlers"], installed, spec["code"])
        for name in sorted(own):
            if name in files and not of_index(files[name]) and read(files[name]) != read(own[name]):
                raise command.Refused("%s and %s are both %s in the package: rename a module, or name what to pack in [tool.pipeline.package] files" % (files[name], own[name], name))
        files.update(own)
    for pattern in spec["files"]:
        found = sorted(p for p in glob.glob(pattern, recursive=True))
        if not found:
            raise command.Refused("there is no %s in the project (the pattern is in pyproject.toml: [tool.pipeline.package] files)" % pattern)
        for path in found:
            tree.add(files, path, os.path.normpath(path))
    if not files:
        raise command.Refused("there is nothing to pack: name the project's files in [tool.pipeline.package] files of pyproject.toml, or a command that packs")
    check_contents(files, spec["architecture"])
    for handler, name in modules.missing(spec["handlers"], files, spec["code"]):
        command.note('the package has no %s, and Terraform names "%s": a function with that handler cannot be imported from it' % (name, handler))
    out = os.path.join(artifacts.OUT, spec["name"])
    os.makedirs(os.path.dirname(out), exist_ok=True)
    write(files, out)
    check_limits(files, out, spec["upload"])
    with open(artifacts.LIST, "w") as f:
        f.write(spec["name"])


def of_index(path):
    """Tell whether a file is of a package that an index has: the project's own may take its place."""
    return path.startswith("/opt/packed/dependencies/")


def read(path):
    with open(path, "rb") as f:
        return f.read()


def check_contents(files, architecture):
    """Refuse a library that the function's machine cannot load, and what stands for a file that is not there."""
    for name in sorted(files):
        with open(files[name], "rb") as f:
            head = f.read(64)
        tree.refuse_pointer(name, head)
        if head[:4] != b"\x7fELF" or len(head) < 20:
            continue
        machine = struct.unpack("<H" if head[5] == 1 else ">H", head[18:20])[0]
        if machine != MACHINES[architecture]:
            raise command.Refused("%s is made for another machine than %s: take a package that has a wheel for it" % (name, architecture))


def write(files, out):
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            executable = os.stat(files[name]).st_mode & 0o111
            entry.external_attr = (stat.S_IFREG | (0o755 if executable else 0o644)) << 16
            archive.writestr(entry, content(name, files[name]), compresslevel=9)


def content(name, path):
    """A file's bytes. What a package has recorded of itself has no order of its own."""
    data = read(path)
    if name.endswith(".dist-info/RECORD"):
        lines = [line for line in data.splitlines(True) if not line.split(b",")[0].endswith(tuple(("/" + n).encode() for n in tree.OF_INSTALLER))]
        return b"".join(sorted(lines))
    return data


def check_limits(files, out, upload):
    zipped, unzipped = os.path.getsize(out), sum(os.path.getsize(path) for path in files.values())
    if unzipped > UNZIPPED:
        refuse(files, "%.0f MB unzipped, and Lambda takes %d MB" % (unzipped / MB, UNZIPPED / MB), "leave some out, or deploy an image")
    if zipped > ZIPPED and upload != "s3":
        refuse(files, "%.0f MB zipped, and Lambda takes %d MB directly" % (zipped / MB, ZIPPED / MB), 'leave some out, or upload through S3 and say so: lambda = { upload = "s3" } in [tool.pipeline.package]')


def refuse(files, what, todo):
    raise command.Refused("the package has %s; the largest in it: %s: %s" % (what, ", ".join("%s %.1f MB" % (name, size / MB) for name, size in largest(files)), todo))


def largest(files):
    """The installed packages that take most, unzipped; files of no package by their first directory."""
    owner = {}
    for name in files:
        m = re.match(r"([^/]+?)-[^/-]+\.dist-info/RECORD$", name)
        if m:
            with open(files[name], encoding="utf-8") as f:
                for line in f:
                    owner[line.rsplit(",", 2)[0].strip('"')] = m.group(1)
    sizes = collections.Counter()
    for name, path in files.items():
        sizes[owner.get(name, name.split("/")[0])] += os.path.getsize(path)
    return sizes.most_common(5)

"""The modules of a project that is no package, by the paths by which they are imported."""

import ast
import os
import re
import sys
import warnings

import command
import tree

# Directories and modules of a project that are not part of what it deploys, unless that imports them.
OF_TESTS = ("tests", "test", "test_*.py", "conftest.py", "noxfile.py", "setup.py", "docs", "doc")
BESIDE = ("scripts", "build", "dist", "examples", "tasks.py")
NEVER = ("node_modules", "venv")

# What a function may well read, and what is only packed where it is named.
DATA = (
    ".json", ".jsonl", ".ndjson", ".geojson", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".conf", ".properties", ".csv", ".tsv", ".xml", ".xsd", ".xsl", ".xslt", ".sql", ".graphql", ".proto", ".avsc",
    ".html", ".j2", ".jinja", ".jinja2", ".tmpl", ".tpl", ".mustache", ".prompt", ".pem", ".crt", ".cer", ".key", ".txt", ".xlsx", ".parquet", ".feather", ".db", ".sqlite", ".sqlite3", ".dat", ".bin",
    ".pkl", ".pickle", ".joblib", ".onnx", ".pt", ".pth", ".h5", ".tflite", ".npy", ".npz", ".model", ".mo", ".ttf", ".otf")
OF_TOOLS = ("pyproject.toml", "*.lock", "pylock*.toml", "requirements*.txt", "*requirements.txt", "runtime.txt", "setup.*", "tox.ini", "pytest.ini", "mypy.ini", "ruff.toml", "*compose*.y*ml", "package*.json", "renovate.json", "sonar*", "mkdocs.yml", "openapi.*", "LICENSE*")


def modules(directory, roots, handlers, installed, code):
    """Those in directories for code, such as src, and those beside its pyproject.toml.

    installed are the names of the packages' modules, roots Terraform's root modules, and handlers what they may
    name of the project."""
    files, beside, data = {}, {}, []
    handled = handled_by(handlers, directory, code)
    for entry in sorted(os.listdir(directory)):
        path = os.path.join(directory, entry)
        if entry in code or entry.startswith(".") or tree.matches(entry, NEVER) or tree.left_out(entry) or path in roots:
            continue
        nowhere = not os.path.exists(path)  # a link to what the package does not have
        if nowhere or tree.matches(entry, OF_TESTS + BESIDE):
            if (nowhere or entry.endswith(".py") or tree.has(path, ".py")) and stem(entry) not in installed:
                beside[entry] = path
        elif entry.endswith(".py") or tree.has(path, ".py"):
            tree.add(files, path, entry)
        elif entry.endswith(DATA) and not tree.matches(entry, OF_TOOLS) or tree.has(path, *DATA, ".md") and not any(r.startswith(path + "/") for r in roots):
            data.append(entry)
    for base in code:
        src = os.path.join(directory, base)
        if os.path.isdir(src):
            elsewhere = installed | {stem(name.split("/")[0]) for name in files}
            for name in paths_of(base, src, handled | imported(python_below(directory)), elsewhere):
                tree.add(files, src, name)
    # Whatever its name: what is imported is deployed, and what that imports in turn.
    while True:
        names = handled | imported(files.values())
        more = [entry for entry in beside if stem(entry) in names]
        if not more:
            break
        for entry in more:
            tree.add(files, beside.pop(entry), entry)
    tell(data, "where the function reads one of them")
    tell([entry for entry in beside if entry in BESIDE or not os.path.exists(beside[entry])], "nothing that is packed imports them: where the function does")
    return files


def tell(entries, why):
    if entries:
        command.note("not in the package: %s: %s, name it and the modules in [tool.pipeline.package] files" % (", ".join(sorted(entries)), why))


def paths_of(base, src, named, elsewhere):
    """As what a directory for code is packed: as itself where it is imported as a package, else by what is in it; both where both may be."""
    inner = {stem(entry) for entry in os.listdir(src)} - elsewhere - set(getattr(sys, "stdlib_module_names", ()))
    package = base.split("/")[0]
    paths = []
    if package in named or os.path.exists(os.path.join(src, "__init__.py")):
        paths.append(base)
    if package not in named or named & inner:
        paths.append("")
    return paths


def handled_by(handlers, directory, code):
    """The modules that handlers such as src.orders.main or tasks.main are in, by their first names."""
    names = set()
    for handler in handlers:
        parts = re.split("[./]", handler)[:-1]
        if any(os.path.isfile(os.path.join(directory, base, *parts) + ".py") for base in ["", *code]):
            names.add(parts[0])
    return names


def missing(handlers, files, code):
    """The handlers that are in the project, and not in its package under the name that they say."""
    for handler in handlers:
        name = "/".join(re.split("[./]", handler)[:-1]) + ".py"
        if name not in files and any(os.path.isfile(os.path.join(base, name)) for base in ["", *code]):
            yield handler, name


def python_below(directory):
    for at, folders, names in os.walk(directory):
        folders[:] = [f for f in folders if not f.startswith(".") and f not in NEVER]
        yield from (os.path.join(at, name) for name in names)


def imported(paths):
    """The first names of what Python files import. What relative imports name is packed beside its importer."""
    names = set()
    for path in paths:
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Import):
                names.update(alias.name.split(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names.add(node.module.split(".")[0])
    return names


def parsed(path):
    """The syntax tree of a file, an empty one of what is no Python that this one knows, such as a template."""
    if path.endswith(".py") and os.path.isfile(path):
        with open(path, "rb") as f, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                return ast.parse(f.read())
            except (SyntaxError, ValueError, RecursionError):
                pass
    return ast.Module(body=[], type_ignores=[])


def stem(entry):
    return entry[:-3] if entry.endswith(".py") else entry

"""House rules about shape: sizes, docstrings, names that stay at home."""

import ast

from tests.house.files import OURS

LINES, BODY, ARGUMENTS, METHODS = 300, 40, 6, 12
Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(tree: ast.AST) -> list[Function]:
    """Every function, nested ones too."""
    return [node for node in ast.walk(tree) if isinstance(node, Function)]


def lines(node: ast.stmt) -> int:
    """How many lines a statement spans."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def body_lines(node: Function) -> int:
    """Lines from `def` to the end, the docstring left out."""
    return lines(node) - (lines(node.body[0]) if ast.get_docstring(node) else 0)


def arguments(node: Function) -> int:
    """How many arguments a caller thinks of."""
    names = [a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
    return len(names) - (names[:1] in (["self"], ["cls"]))


def methods(node: ast.ClassDef) -> int:
    """How many methods a class has beside the dunder ones."""
    return sum(isinstance(f, Function) and not f.name.startswith("__") for f in node.body)


def file_length(path: str, text: str) -> list[str]:
    """A file is one idea and fits on a few screens."""
    count = len(text.splitlines())
    return [f"{path}:{count} is over {LINES} lines"] if count > LINES else []


def function_length(path: str, text: str) -> list[str]:
    """A function fits on one screen."""
    return [
        f"{path}:{f.lineno} {f.name} has {body_lines(f)} lines, over {BODY}"
        for f in functions(ast.parse(text))
        if body_lines(f) > BODY
    ]


def argument_count(path: str, text: str) -> list[str]:
    """Group what belongs together; never lengthen a signature."""
    return [
        f"{path}:{f.lineno} {f.name} takes {arguments(f)} arguments, over {ARGUMENTS}"
        for f in functions(ast.parse(text))
        if arguments(f) > ARGUMENTS
    ]


def method_count(path: str, text: str) -> list[str]:
    """A class is one noun, not a department."""
    return [
        f"{path}:{node.lineno} {node.name} has {methods(node)} methods, over {METHODS}"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ClassDef) and methods(node) > METHODS
    ]


def module_docstring(path: str, text: str) -> list[str]:
    """A module says in a sentence what it is; an empty `__init__.py` needs no word."""
    empty = path.endswith("__init__.py") and not text.strip()
    return (
        [] if empty or ast.get_docstring(ast.parse(text)) else [f"{path}:1 opens with no docstring"]
    )


def one_class(path: str, text: str) -> list[str]:
    """A strategy file holds one class."""
    names = [node.name for node in ast.parse(text).body if isinstance(node, ast.ClassDef)]
    return [] if len(names) == 1 else [f"{path}:1 holds {len(names)} classes {names}, not one"]


def private(name: str) -> bool:
    """Whether a dotted name has a private part."""
    return any(part.startswith("_") and not part.endswith("__") for part in name.split("."))


def private_import(path: str, text: str) -> list[str]:
    """What begins with an underscore is used in its own file only."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom):
            module = node.module or ""
            ours = node.level > 0 or module.split(".")[0] in OURS
            names = [f"{module}.{alias.name}" for alias in node.names] if ours else []
        elif isinstance(node, ast.Import):
            names = [a.name for a in node.names if a.name.split(".")[0] in OURS]
        else:
            continue
        found += [f"{path}:{node.lineno} imports private {n}" for n in names if private(n)]
    return found

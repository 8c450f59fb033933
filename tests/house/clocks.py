"""House rule: no test asserts on a time; floors are proved by benchmarks."""

import ast

CLOCKS = {
    "perf_counter",
    "perf_counter_ns",
    "monotonic",
    "monotonic_ns",
    "process_time",
    "time",
    "time_ns",
}
MODULES = {"time", "timeit"}


def reads_clock(node: ast.AST, tainted: set[str]) -> bool:
    """Whether an expression holds a clock's reading, or a name that does."""
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and part.id in tainted:
            return True
        if isinstance(part, ast.Call):
            *module, name = ast.unparse(part.func).split(".")
            if module[-1:] == ["timeit"] or (not module and part.args and name == "time"):
                return bool(module)  # `time(8, 30)` is a time of day
            if name in CLOCKS and (not module or module[-1] in MODULES):
                return True
    return False


def names_of(target: ast.expr) -> set[str]:
    """The names an assignment writes."""
    return {node.id for node in ast.walk(target) if isinstance(node, ast.Name)}


def tainted_names(tree: ast.AST) -> set[str]:
    """Names that hold times, directly or through other names."""
    found: set[str] = set()
    before = -1
    while len(found) != before:
        before = len(found)
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and reads_clock(node.value, found):
                found |= {name for target in node.targets for name in names_of(target)}
            elif isinstance(node, ast.NamedExpr | ast.AugAssign) and reads_clock(node.value, found):
                found |= names_of(node.target)
    return found


def timed_assert(path: str, text: str) -> list[str]:
    """An assertion whose outcome depends on how fast the machine is today."""
    found = []
    for scope in ast.walk(ast.parse(text)):
        if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
            tainted = tainted_names(scope)
            found += [
                f"{path}:{node.lineno} asserts on a time"
                for node in ast.walk(scope)
                if isinstance(node, ast.Assert) and reads_clock(node.test, tainted)
            ]
    return sorted(set(found))

"""House rules about kernels: one way to compile, no lost writes, an oracle for each."""

import ast
import re

JIT = "engine/core/jit.py"
COMPILERS = {"jit", "njit", "prange", "vectorize", "guvectorize", "stencil", "cfunc", "jitclass"}
LEAN = {"lean_kernel", "inlined"}
KERNELS = {"kernel", "parallel_kernel", *LEAN}
ARRAYS = {
    "Any",
    "Array",
    "BarArrays",
    "Bools",
    "Cells",
    "Floats",
    "Ints",
    "Longs",
    "Out",
    "Tape",
    "Ticks",
}


def one_compiler(path: str, text: str) -> list[str]:
    """Only `engine/core/jit.py` speaks to the compiler."""
    if path == JIT:
        return []
    tree = ast.parse(text)
    aliases = {"numba"}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            aliases |= {a.asname for a in node.names if a.name == "numba" and a.asname}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "numba":
            names = COMPILERS.intersection(alias.name for alias in node.names)
            found += [(node.lineno, name) for name in sorted(names)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in COMPILERS:
            root = node.value
            if isinstance(root, ast.Name) and root.id in aliases:
                found.append((node.lineno, node.attr))
    return [
        f"{path}:{line} takes {name} from numba, not from engine.core.jit" for line, name in found
    ]


def is_one_call(body: list[ast.stmt]) -> bool:
    """Whether a loop's body only hands over to a leaf."""
    return len(body) == 1 and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Call)


def parallel_loops(text: str) -> list[ast.For]:
    """Every loop over `prange`."""
    loops = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.For)]
    return [loop for loop in loops if "prange" in ast.unparse(loop.iter)]


def one_call(path: str, text: str) -> list[str]:
    """Numba can drop what a `prange` body writes through a NamedTuple (numba issues 5872, 7135)."""
    return [
        f"{path}:{loop.lineno} does more in a prange body than call one kernel"
        for loop in parallel_loops(text)
        if not is_one_call(loop.body)
    ]


def decorated(text: str, names: set[str]) -> list[ast.FunctionDef]:
    """Functions that wear one of the decorators."""
    return [
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef)
        and names.intersection(
            ast.unparse(d).split("(")[0].split(".")[-1] for d in node.decorator_list
        )
    ]


def has_kernels(text: str) -> bool:
    """Whether a module compiles anything."""
    return bool(decorated(text, KERNELS))


def lean(path: str, text: str) -> list[str]:
    """A lean kernel counts no references: an array it returned could be freed under its reader."""
    return [
        f"{path}:{node.lineno} is lean and returns {ast.unparse(node.returns or node)}"
        for node in decorated(text, LEAN)
        if node.returns is None
        or ARRAYS.intersection(re.findall(r"\w+", ast.unparse(node.returns)))
    ]


def dotted(path: str) -> str:
    """`engine/fills/kernel.py` as Python names it."""
    return path.removesuffix(".py").replace("/", ".")


def without_oracle(kernels: dict[str, str], tests: dict[str, str]) -> list[str]:
    """Kernel modules that no test file names in one breath with an oracle."""
    witnesses = "\n".join(text for text in tests.values() if "oracle" in text.lower())
    return [
        f"{path}:1 has kernels and no test that names {dotted(path)} and an oracle"
        for path, text in kernels.items()
        if has_kernels(text) and dotted(path) not in witnesses
    ]

"""House rules about words: suppressions give reasons, files speak of the project alone."""

import io
import re
import tokenize

MARKS = re.compile(r"(?i)noqa|type:\s*ignore|pyright:\s*ignore|pragma:\s*no")
REASON = r"[^\w].*?[A-Za-z]{4}"  # a word that is no code
CODES = r"(?>[A-Z]+\d+(?:[\s,]+[A-Z]+\d+)*)"
TYPES = r"\[[\w-]+(?:\s*,\s*[\w-]+)*\]"
GOOD = re.compile(
    rf"#\s*(?:ruff:\s*)?noqa:\s*{CODES}{REASON}"
    rf"|#\s*(?:type|pyright):\s*ignore{TYPES}{REASON}"
    rf"|#\s*pragma:\s*no\s+(?:cover|branch){REASON}"
)
# Brackets keep this file from breaking its own rule.
PLACES = re.compile(
    r"(?<![\w.~-])/(?:[w]ork|[f]arm|[r]oot|[h]ome/\w|[U]sers/\w|[o]pt/\w|[m]nt/\w)"
    r"|pypi\.[o]rg|pythonhoste[d]|deb\.[d]ebian|archive\.[u]buntu|registry\.[n]pmjs|registry\.[y]arnpkg"
    r"|download\.[p]ytorch|anaconda\.[o]rg|conda\.[a]naconda|proxy\.[g]olang|index\.[c]rates"
)


def comments(text: str) -> list[tuple[int, str]]:
    """Line and text of every comment; what stands in strings is no comment."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return [(t.start[0], t.string) for t in tokens if t.type == tokenize.COMMENT]


def suppressions(text: str) -> list[tuple[int, str]]:
    """Comments that silence a tool."""
    return [(line, said) for line, said in comments(text) if MARKS.search(said)]


def bare_suppression(path: str, text: str) -> list[str]:
    """Silencing a tool names the rule and gives the reason."""
    return [
        f"{path}:{line} silences a tool without code and reason: {said}"
        for line, said in suppressions(text)
        if not GOOD.search(said)
    ]


def named_place(path: str, text: str) -> list[str]:
    """No file names a machine's path or a package registry's host."""
    return [
        f"{path}:{number} names {match.group()}"
        for number, line in enumerate(text.splitlines(), 1)
        for match in PLACES.finditer(line)
    ]

"""YAML as people write it: lines, decimals as written, and nothing that surprises."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from app.yaml_lines import Document, document_of, dump, read, value_of
from engine.core.errors import StudyError

LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**15), 10**15),
    st.decimals(-1000, 1000, places=4).map(lambda d: d.normalize()),
    st.dates(date(1970, 1, 1), date(2100, 1, 1)),
    st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=12),
)
NAMES = st.from_regex(r"[a-z_]{1,8}", fullmatch=True)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.65", Decimal("0.65")),
        ("0.70", Decimal("0.70")),
        ("1e-3", Decimal("0.001")),
        (".5", Decimal("0.5")),
        ("-2", -2),
        ("1_000", 1000),
        ("010", 10),
        ("15:45", "15:45"),
        ("08:30", "08:30"),
        ("on", "on"),
        ("no", "no"),
        ("true", True),
        ("none", "none"),
        ("null", None),
        ("~", None),
        ("", None),
        ("2024-07-01", date(2024, 7, 1)),
        ("'2024-07-01'", "2024-07-01"),
        (".inf", ".inf"),
        ("{r: 2}", {"r": 2}),
        ("[level, {times: 1.5, of: atr}]", ["level", {"times": Decimal("1.5"), "of": "atr"}]),
    ],
)
def test_a_value_is_what_it_looks_like(text, value):
    found = value_of(text, "here")
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: 2\na: 3", "f.yaml line 3: 'a' stands twice, first at line 1"),
        ("a:\n  b: 1\n  b: 2", "f.yaml line 3: 'b' stands twice, first at line 2"),
        ("a: [1,\nb: 2", "f.yaml line 2: expected ',' or ']', but got '<stream end>'"),
        ("\ta: 1", "f.yaml line 1: found character '\\t' that cannot start any token"),
        ("a: &x 1\nb: *x", "f.yaml line 2: anchors and aliases are not read"),
        ("a: 1\n---\nb: 2", "f.yaml line 2: but found another document"),
        ("a: !!python/none 1", "f.yaml line 1: the tag tag:yaml.org,2002:python/none is not read"),
        ("1: 2", "f.yaml line 1: a key must be a name, not '1'"),
        ("a: 1\n? [b]\n: 1", "f.yaml line 2: a key must be a name, not '[ScalarNode"),
        ("a: 2024-13-01", "f.yaml line 1: '2024-13-01' is no value: month must be in 1..12"),
        ("a: 1e999999", "f.yaml line 1: '1e999999' is no value: numbers have at most 18 digits"),
        ("a: " + "9" * 5000, "is no value: numbers have at most 18 digits"),
        ("a: " + "[" * 4000, "f.yaml: nested too deeply to be read"),
        ("a: \x00", "f.yaml: unacceptable character"),
        ("- 1", "f.yaml: expected 'key: value' lines, found none"),
        ("", "f.yaml: expected 'key: value' lines, found none"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(text, said):
    with pytest.raises(StudyError) as caught:
        document_of(text, "f.yaml")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_every_value_knows_its_line():
    document = document_of("a: 1\nb:\n  c:\n  - 1\n  - {d: 2}\n", "f.yaml")
    assert document.place(("b", "c", 1, "d")) == "f.yaml line 5"
    assert document.place(("b", "x")) == "f.yaml line 2"
    assert document.place(("zzz",)) == "f.yaml"


def test_an_assignment_replaces_a_value_and_says_so():
    document = document_of("a: {b: [1, 2]}\n", "f.yaml")
    document.set("a.b=[0.70, none]", "--set")
    document.set("c.d.e=1", "--set")
    assert document.value == {"a": {"b": [Decimal("0.70"), "none"]}, "c": {"d": {"e": 1}}}
    assert document.place(("a", "b", 1)) == "--set a.b=[0.70, none]"


@pytest.mark.parametrize(
    ("assignment", "said"),
    [
        ("a", "--set 'a': write it as key.key=value"),
        ("=1", "--set '=1': write it as key.key=value"),
        ("a..b=1", "--set 'a..b=1': write it as key.key=value"),
        ("a.b=1", "--set a.b=1: 'a' is a value, not a section"),
        ("c=[1", "--set c=[1 line 1: expected"),
    ],
)
def test_a_bad_assignment_is_refused(assignment, said):
    with pytest.raises(StudyError) as caught:
        document_of("a: 1", "f.yaml").set(assignment, "--set")
    assert said in str(caught.value)


def test_files_that_cannot_be_read_are_named(tmp_path: Path):
    with pytest.raises(StudyError, match=r"no\.yaml cannot be read: No such file"):
        read(tmp_path / "no.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"a: \xe9")
    with pytest.raises(StudyError, match=r"latin\.yaml is not UTF-8 text"):
        read(tmp_path / "latin.yaml")
    (tmp_path / "good.yaml").write_text("a: 1")
    assert read(tmp_path / "good.yaml").value == {"a": 1}


@given(st.dictionaries(NAMES, VALUES, min_size=1, max_size=4))
def test_what_is_dumped_reads_back_the_same(value):
    text = dump(value)
    assert document_of(text, "f").value == value
    assert dump(document_of(text, "f").value) == text


def test_a_dump_does_not_depend_on_how_decimals_were_written():
    assert dump({"a": Decimal("0.70")}) == dump({"a": Decimal("0.7")}) == "{a: 0.7}\n"
    assert dump({"a": Decimal("1.0")}) == "{a: 1.0}\n"
    assert dump({"a": "15:45"}) == "{a: '15:45'}\n"
    assert yaml.safe_load(dump({"a": "on"})) == {"a": "on"}


def test_an_empty_document_has_its_name_for_a_place():
    assert Document("f.yaml").place(()) == "f.yaml"

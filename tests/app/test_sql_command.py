"""`tickgrid sql` with a name, a list, and a script for other clients."""

import json

import duckdb

from storage.queries import QUERIES


def test_named_queries_are_listed_with_what_they_answer(tickgrid):
    code, out, _ = tickgrid("sql", "--list")
    assert code == 0
    assert all(name in out for name in QUERIES)
    rows = json.loads(tickgrid("sql", "--list", "--json")[1])
    assert [row["name"] for row in rows] == list(QUERIES)
    assert all(row["sql"].startswith(("SELECT", "WITH")) for row in rows)


def test_a_name_is_asked_like_the_statement_it_stands_for(tickgrid):
    code, out, _ = tickgrid("sql", "contracts", "--json")
    assert code == 0
    rows = json.loads(out)
    assert rows[0]["contract"] == "ESH20"
    text = next(
        r["sql"]
        for r in json.loads(tickgrid("sql", "--list", "--json")[1])
        if r["name"] == "contracts"
    )
    assert json.loads(tickgrid("sql", text, "--json")[1]) == rows


def test_a_name_nobody_knows_and_no_question_at_all_are_refused(tickgrid):
    code, _, err = tickgrid("sql", "contracs")
    assert (code, "did you mean 'contracts'?" in err) == (2, True)
    code, _, err = tickgrid("sql")
    assert (code, "say what to ask" in err) == (2, True)


def test_the_script_serves_a_client_that_has_duckdb_alone(tickgrid):
    code, out, _ = tickgrid("sql", "--attach")
    assert code == 0
    connection = duckdb.connect()
    connection.execute(out)
    bars = connection.execute("SELECT count(*), min(close) > 1000 FROM bars").fetchone()
    assert bars == (json.loads(tickgrid("data", "list", "--json")[1])[0]["bars"], True)

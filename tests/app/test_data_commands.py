"""The store's contracts from the command line."""


def test_the_contracts_of_a_symbol_are_shown(tickgrid):
    code, out, _ = tickgrid("data", "show", "ES")
    assert code == 0
    assert "ES 1m (synthetic)" in out
    assert "ESH20" in out


def test_a_spliced_series_needs_no_roll_table_and_says_so(tickgrid):
    code, out, err = tickgrid("data", "roll", "ES", "--adjust", "difference")
    assert code == 0
    assert "spliced" in out
    assert "continuous as it is stored" in err


def test_what_does_not_exist_is_refused_by_name(tickgrid):
    code, _, err = tickgrid("data", "roll", "ES", "--method", "volme")
    assert (code, "did you mean 'volume'?" in err) == (2, True)
    code, _, err = tickgrid("data", "show", "NQ")
    assert (code, err.startswith("tickgrid: no bars of NQ 1m")) == (2, True)

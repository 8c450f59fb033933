"""Who has read the sessions that a study locked away: the log alone says it."""

import pytest

from storage.holdouts import broken_by, lock_of, locks
from storage.results import Results
from storage.trials import HOLDOUT, SWEEP, Trial

HELD = "2024-07-01"


def entry(run: str, **said: str) -> Trial:
    known = {"symbol": "ES", "source": "vendor", "first": "2024-01-02", "last": "2024-06-28"}
    return Trial(fingerprint="d1", run=run, combinations=4, time="t", **{**known, **said})


@pytest.fixture
def results(tmp_path):
    found = Results(tmp_path)
    found.append_trial(entry("locked", held=HELD))
    return found


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ({"last": "2024-06-28"}, False),  # up to the eve
        ({"last": HELD}, True),  # its first session
        ({"last": "2024-12-31"}, True),
        ({"last": "2024-12-31", "symbol": "NQ"}, False),
        ({"last": "2024-12-31", "source": "other"}, False),
        ({"last": "2024-12-31", "first": "2024-11-01"}, True),  # only later ones
        ({"last": "2024-12-31", "first": HELD, "kind": HOLDOUT}, True),  # another's opening
        ({"last": "2024-12-31", "held": "2025-01-01"}, True),  # what it locks itself does not help
    ],
)
def test_a_reader_played_or_opened_dates_of_the_same_series(results, said, read) -> None:
    results.append_trial(entry("other", **({"kind": SWEEP} | said)))
    lock = lock_of(results.root, "locked")
    assert lock.readers == (("other",) if read else ())
    assert lock.untouched is not read
    assert [one.run for one in broken_by(results.root, "other")] == (["locked"] if read else [])


def test_a_run_is_no_reader_of_its_own_lock_but_opens_it(results) -> None:
    opening = entry("locked", first=HELD, last="2024-12-31", kind=HOLDOUT)
    results.append_trial(opening)
    (lock,) = locks(results.root)
    assert (lock.openings, lock.opened, lock.readers) == (1, "t", ())
    assert not lock.untouched

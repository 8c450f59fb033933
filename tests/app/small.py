"""A study small enough to be played in a test, and folds that fit sixty sessions."""

SMALL = """\
study: small
note: a small one
data: {symbol: ES}
strategy: opening_drive
params: {minutes: [15, 30]}
gates: {widest: [null, 60]}
exits: {stop: [16, level], target: [32, {r: 2}], flatten: "14:55"}
rules: {max_per_session: 1}
costs: {commission: 2.05}
folds: {train: 30, test: 10, purge: 1, min_trades: 5}
evidence: {surrogates: 2, bootstrap: 100}
"""

FOLDS = ["--set", "folds={train: 20, test: 5, purge: 1, min_trades: 5}"]
FOLDS += ["--set", "evidence={surrogates: 1, bootstrap: 50}"]

"""Hand-worked play: a few bars, one program, and what came of it."""

from engine.core.bars import Bars
from engine.core.setups import Setups
from engine.fills import OUTCOMES, REASONS, Costs, Exits, Rules, Table, simulate
from engine.fills.simulate import Played, best_net

DAY = "2022-11-28"
NINE = f"{DAY} 09:00"
COSTS = {"commission": "2.05"}
FREE = {"commission": 0, "slippage": {"market": 0, "stop": 0, "limit": 0}}


def table(bars: Bars, exits: Exits, rules: dict | None = None, costs: dict | None = None) -> Table:
    return Table.of(bars, Rules.of(rules or {}), Costs.of(costs or COSTS), [exits])


def played(setups: Setups, bars: Bars, rules: dict | None = None, **exits: object) -> Played:
    made = Exits.grid(exits)[0]
    return simulate(table(bars, made, rules), setups, made)


def free(setups: Setups, bars: Bars, rules: dict | None = None, **exits: object) -> Played:
    """Without costs, so that money is ticks."""
    made = Exits.grid(exits)[0]
    return simulate(table(bars, made, rules, FREE), setups, made)


def both(setups: Setups, bars: Bars, rules: dict | None = None, **exits: object) -> tuple[int, int]:
    """Ticks of the first trade under the worst and the best reading, without costs."""
    made = Exits.grid(exits)[0]
    at = table(bars, made, rules, FREE)
    trades = simulate(at, setups, made).trades
    return int(trades.net[0]) // 1250, int(best_net(at, setups, made, trades)[0]) // 1250


def outcome(result: Played) -> list[str]:
    return [OUTCOMES[code] for code in result.outcome]


def entered(result: Played) -> tuple[int, int]:
    return int(result.trades.entry_bar[0]), int(result.trades.entry[0])


def ended(result: Played, row: int = 0) -> tuple[int, int, str]:
    t = result.trades
    return int(t.exit_bar[row]), int(t.exit[row]), REASONS[t.reason[row]]

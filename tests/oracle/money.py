"""The account, bar by bar, in plain Python: written from docs/money.md, not from the engine.

A lane is a dictionary: `symbol`, `bars` (time, open, close, session), `dates` and `stops` by
session, `step` (ns of a bar), `tick` (money of a tick), `lot` (a fraction), `scale` (account units
of a money unit), `tied` (day, initial, maintenance by session, per lot), `cross` (slippage and fees
of crossing, from session and price), `year` (sessions), `trades`. Rules are a flat dictionary.
"""

from tests.oracle.money_sizes import SCALE, acting, daily, down, sizes, tied, up


class Account:
    """Everything that changes."""

    def __init__(self, lanes: list[dict], rules: dict) -> None:
        self.lanes = {lane["symbol"]: lane for lane in sorted(lanes, key=lambda x: x["symbol"])}
        self.rules = rules
        self.gross = self.costs = self.streak = self.day = 0
        self.open: list[dict] = []
        self.taken: list[dict] = []
        self.refused: list[tuple] = []
        self.made: dict[tuple, int] = {}
        self.equity = self.peak = self.day_start = rules["start"]
        self.halted, self.halted_on, self.date, self.day_over = "", 0, None, False

    def play(self) -> list[tuple[int, int, int, int]]:
        """By instant: realised gross, costs, open money, equity."""
        times = sorted({bar[0] for lane in self.lanes.values() for bar in lane["bars"]})
        self.last = dict.fromkeys(self.lanes, -1)
        rows = []
        for now in times:
            before = dict(self.last)
            for name, lane in self.lanes.items():
                ahead = self.last[name] + 1
                if ahead < len(lane["bars"]) and lane["bars"][ahead][0] == now:
                    self.last[name] = ahead
            self.here = {n: self.last[n] for n in self.lanes if self.last[n] != before[n]}
            rows.append(self.instant(now, before))
        return rows

    def instant(self, now: int, before: dict) -> tuple[int, int, int, int]:
        today = max(
            lane["dates"][lane["bars"][self.last[n]][3]]
            for n, lane in self.lanes.items()
            if self.last[n] >= 0
        )
        if self.date is None or today > self.date:
            self.new_day(today)
        wanted = [
            (name, trade)
            for name, lane in self.lanes.items()
            for trade in sorted(lane["trades"], key=lambda t: t["row"])
            if trade["entry_bar"] == self.here.get(name)
        ]
        for name, trade, lots, why in sizes(self, wanted, before, now):
            if why and not lots:
                self.refused.append((name, trade["row"], why))
            else:
                self.enter(name, trade, lots)
        for held in [h for h in self.open if self.here.get(h["name"]) == h["end_bar"]]:
            self.leave(held)
        return self.close(now)

    def new_day(self, today: int) -> None:
        self.date, self.day = today, self.day + 1
        self.day_start, self.day_over = self.equity, False
        rest = self.rules["rest"]
        if self.halted and rest and self.day > self.halted_on + rest:
            self.halted, self.peak, self.streak = "", self.equity, 0

    def enter(self, name: str, trade: dict, lots: int) -> None:
        lane = self.lanes[name]
        self.costs += up(lane, trade["slippage"][0], lots) + up(lane, trade["fees"][0], lots)
        self.open.append(
            {
                "name": name,
                "trade": trade,
                "lots": lots,
                "end_bar": trade["exit_bar"],
                "price": trade["exit"],
                "why": trade["reason"],
                "forced": False,
                "out": (trade["slippage"][1], trade["fees"][1]),
            }
        )

    def leave(self, held: dict) -> None:
        lane, trade, lots = self.lanes[held["name"]], held["trade"], held["lots"]
        made = self.worth(held, held["price"])
        left = sum(up(lane, part, lots) for part in held["out"])
        paid = sum(up(lane, trade[kind][0], lots) for kind in ("slippage", "fees"))
        self.gross, self.costs = self.gross + made, self.costs + left
        self.open.remove(held)
        net = made - left - paid
        self.taken.append(
            (held["name"], trade["row"], lots, held["price"], held["why"], net, held["end_bar"])
        )
        whole = (held["name"], trade["trade"])
        self.made[whole] = self.made.get(whole, 0) + net
        if whole in [(h["name"], h["trade"]["trade"]) for h in self.open]:
            return
        self.streak = self.streak + 1 if self.made[whole] < 0 else 0
        if self.rules["losses"] and self.streak >= self.rules["losses"]:
            self.halt("losses")

    def halt(self, why: str) -> None:
        if not self.halted:
            self.halted, self.halted_on = why, self.day

    def worth(self, held: dict, price: int) -> int:
        lane = self.lanes[held["name"]]
        ticks = (price - held["trade"]["entry"]) * held["trade"]["side"]
        return down(lane, ticks * lane["tick"], held["lots"])

    def marked(self) -> int:
        return sum(
            self.worth(h, self.lanes[h["name"]]["bars"][self.last[h["name"]]][2]) for h in self.open
        )

    def close(self, now: int) -> tuple[int, int, int, int]:
        """What the account is worth at this close, and what that makes it do."""
        start = self.rules["start"]
        worth = start + self.gross - self.costs + self.marked()
        forced = ""
        if self.open and not self.calling():
            if worth < sum(tied(self, h, now) for h in self.open):
                forced = "margin"
            elif daily(self) and worth <= self.day_start - acting(self):
                forced = "daily_loss"
        if daily(self) and worth <= self.day_start - acting(self):
            self.day_over = True
        if forced:
            for held in list(self.open):
                self.force(held, forced, now)
        self.equity = start + self.gross - self.costs + self.marked()
        self.peak = max(self.peak, self.equity)
        fall = self.rules["drawdown"]
        if fall and (self.peak - self.equity) * SCALE >= fall * self.peak:
            self.halt("drawdown")
        return self.gross, self.costs, self.marked(), self.equity

    def force(self, held: dict, why: str, now: int) -> None:
        lane, name = self.lanes[held["name"]], held["name"]
        bar = self.last[name]
        session = lane["bars"][bar][3]
        at_once = name in self.here and now + lane["step"] >= lane["stops"][session]
        bar = bar if at_once else bar + 1
        price = lane["bars"][bar][2] if at_once else lane["bars"][bar][1]
        held |= {"end_bar": bar, "price": price, "why": why, "forced": True}
        held["out"] = lane["cross"](lane["bars"][bar][3], price)
        if at_once:
            self.leave(held)

    def calling(self) -> bool:
        return any(h["forced"] for h in self.open)

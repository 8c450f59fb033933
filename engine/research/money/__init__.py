"""Money: what an account would have made of trades that were played one contract at a time."""

from engine.research.money.account import Account, account
from engine.research.money.lane import Lane, Named
from engine.research.money.terms import Money

__all__ = ["Account", "Lane", "Money", "Named", "account"]

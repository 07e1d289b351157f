"""Vehicles in dealer stock with campaigns not done: what is held, and why (memo, section 5)."""

from renotify.stock.delivery_hold import HOLDS, holds, of_ledger

__all__ = ["HOLDS", "holds", "of_ledger"]

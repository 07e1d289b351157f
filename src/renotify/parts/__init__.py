"""Parts at the dealer: check stock, order to appointments, sell one buy one (memo, section 4)."""

from renotify.parts.allocation import AllocationRules, allocate
from renotify.parts.replenishment import base_stock, order_quantity
from renotify.parts.supersession import live_number, to_live_numbers
from renotify.parts.take_rate import TakeRate, learned_take_rate, take_rates

__all__ = [
    "AllocationRules",
    "TakeRate",
    "allocate",
    "base_stock",
    "learned_take_rate",
    "live_number",
    "order_quantity",
    "take_rates",
    "to_live_numbers",
]

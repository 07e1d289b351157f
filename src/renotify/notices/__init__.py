"""Notices: the memo, made live, to every dealer and area manager; and proof that it was sent."""

from renotify.notices.notice import write
from renotify.notices.receipts import acknowledge, sent_summary, unacknowledged

__all__ = ["acknowledge", "sent_summary", "unacknowledged", "write"]

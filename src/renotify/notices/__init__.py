"""Notices: the memo, made live, to every dealer and area manager; and proof that it was sent."""

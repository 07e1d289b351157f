"""Vehicles in dealer stock with campaigns not done: what is held, and why (memo, section 5)."""

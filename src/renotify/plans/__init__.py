"""The plan in force of a follow-up, and what it brings to the dealers: visits, hours and kits by week."""

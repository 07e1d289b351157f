"""The analyst's desk: how everything stands, campaigns, follow-ups and their plans, letters, the list behind every figure, reports, clocks."""

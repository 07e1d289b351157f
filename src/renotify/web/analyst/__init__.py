"""The analyst's desk: how everything stands, campaigns, follow-ups, letters, the list behind every figure, reports, clocks."""

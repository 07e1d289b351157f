"""A made-up maker as files (``oem``), and the memo told on it (``story``). Nothing here is real."""

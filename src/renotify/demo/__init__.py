"""A made-up maker as files (``oem``), and the whole memo told on it (``story``). Nothing in it is real."""

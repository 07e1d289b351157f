"""A made-up world that answers letters week by week, through the commands and files of a desk, with books of its own.

What truly happens is planted, whatever the product thinks; nobody here reads the ledger while the weeks are played.
"""

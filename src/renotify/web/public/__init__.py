"""The public look-up (49 CFR 573.15): a page in English and Spanish and an interface for programs, answered from a signed snapshot.

No Django and no ledger is behind it: it stays up while the database is away.
"""

"""The public look-up's answers: a signed snapshot written from the ledger, and one function that answers from it (49 CFR 573.15)."""

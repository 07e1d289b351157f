"""The life of a piece after the plan: released, printed, mailed, returned, reconciled, proven."""

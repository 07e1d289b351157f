"""How many letters, to whom, in which week (the memo's section 2).

The rules are pure functions of a :class:`Problem`; read them in the order ``problem``,
``dealer_groups``, ``constraints``, ``two_level``, ``fill``, ``plan_check``.
"""

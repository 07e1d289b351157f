"""Letters: every statement the law asks for, printed by the tens of thousands a second.

A version is compiled once from a ``LetterSpec`` (kind, campaigns, language, sender) and the rule
pack in force, checked against the finished PDF, and then printed for any number of rows.
"""

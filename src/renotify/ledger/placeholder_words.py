"""The words that stand for nothing in this ledger: the packaged list, and what its own table says before it."""

from __future__ import annotations

from renotify.ledger.session import Session
from renotify.values.placeholders import ANY, Place, Placeholders, Rule, packaged


def placeholders(session: Session) -> Placeholders:
    """Return the rules of a ledger; a blank column of ``placeholder_words`` means any."""
    own = session.rows(
        Rule,
        f"""select column_name as "column", word, meaning, '{Place.ALONE}' as place
        from placeholder_word order by column_name, word""",
    )
    ruling = tuple(rule if rule.column else rule._replace(column=ANY) for rule in own)
    return Placeholders(packaged().packaged, ruling) if ruling else packaged()

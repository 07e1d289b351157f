"""Bulk says how many rows a statement changed, with values and without, on both stores."""

from __future__ import annotations

import pyarrow as pa


def test_a_statement_tells_how_many_rows_it_changed(ledger: str) -> None:
    from renotify.ledger.bulk import bulk

    with bulk() as opened:
        opened.stage("numbers", pa.table({"n": [1, 2, 3, 4]}))
        assert opened.execute("update numbers set n = n + 10 where n > :least", least=2) == 2
        assert opened.execute("delete from numbers where n > 10") == 2
        assert opened.execute("delete from numbers where n = :n", n=99) == 0

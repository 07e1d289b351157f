"""A desk's answer as a file: all its tables in a workbook, or the first of them as CSV or Parquet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pyarrow as pa

from renotify.values.list_file import write_list
from renotify.values.workbook import write_workbook


def write_tables(path: Path, tables: Mapping[str, pa.Table], on: date) -> Path:
    """Write a workbook with a sheet a table, or for another ending the first table alone; raises what ``write_list`` does."""
    if path.suffix.lower() == ".xlsx" and path.parent.is_dir():
        return write_workbook(path, tables, on)
    return write_list(path, next(iter(tables.values())), on)

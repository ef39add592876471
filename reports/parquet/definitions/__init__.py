"""The month's definitions (月度定义), once: SQL that DuckDB and Spark both read as it stands, one table of the answer to a file.

They speak of these relations: ``lines`` and ``moves`` (``reports.parquet.tables``) and ``period``, a row for every month and direction that is
asked for: ``month, from_province, to_province, start_s, end_s, as_of_s, size, base_size`` (of the close of the month before, else NULL). The head of each file says what it is and where it comes from.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

NAMES = (
    "mirror", "adjustments", "m2_m3_parties", "m4_differences", "m5_open", "m7_cut_off", "m9_accounts", "m12_no_departure", "flows",
)  # fmt: skip
"""Tables of the answer, in the order in which they are told."""
ASKED_BY_NAME = ("month_lines", "adjustments")
"""Answers that others ask for as relations: made once, and kept while the others are asked."""


@cache
def definitions() -> Mapping[str, str]:
    """SQL by name."""
    return {name: (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8") for name in {*NAMES, *ASKED_BY_NAME}}

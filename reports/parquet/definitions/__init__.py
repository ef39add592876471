"""The month's definitions (月度定义), once: SQL that DuckDB and Spark both read as it stands, one table of the answer to a file.

They speak of three relations: ``lines`` and ``moves`` (``reports.parquet.tables``) and ``period``, a row for every month and direction that is
asked for: ``month, from_province, to_province, start_s, end_s, as_of_s, size, base_size`` (of the close of the month before, else NULL). The head of each file says what it is and where it comes from.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

NAMES = (
    "mirror", "adjustments", "m2_m3_parties", "m4_differences", "m5_open", "m7_cut_off", "m9_accounts", "m12_no_departure", "flows",
)  # fmt: skip
"""In the order in which they are told."""
ASKED_BY_NAME = "adjustments"
"""The definition that others ask as a relation."""


@cache
def definitions() -> Mapping[str, str]:
    """SQL by name."""
    return {name: (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8") for name in NAMES}

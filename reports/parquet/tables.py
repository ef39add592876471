"""The three tables: names and types of their columns, in order. Masses are integer grams, moments Unix seconds; what does not exist is NULL.

Nothing is ever overwritten. What changes is booked out and in again, as bookkeepers do (红字冲销): a row that no longer holds stands a second time
with ``sign`` -1. So whatever is a sum over lines is ``SUM(sign * …)`` over the rows below a size of the log, at any size, without a join.
"""

from collections.abc import Mapping

from reports.reconciliation.line import LineRow

BIGINT, VARCHAR = "BIGINT", "VARCHAR"
FACTS: Mapping[str, str] = {
    "manifest": VARCHAR, "number": VARCHAR, "line": BIGINT, "name": VARCHAR, "code": VARCHAR, "generator": VARCHAR, "receiver": VARCHAR,
    "carrier": VARCHAR, "origin": VARCHAR, "destination": VARCHAR, "declared_g": BIGINT, "loaded_g": BIGINT, "accepted_g": BIGINT,
    "refused_g": BIGINT, "level": VARCHAR, "issued_s": BIGINT, "departed_s": BIGINT, "received_s": BIGINT, "voided_s": BIGINT,
    "declined_s": BIGINT, "emergency": VARCHAR, "regularised_s": BIGINT,
}  # fmt: skip
"""Of a line, what the month's totals hang on: the fields of ``LineRow`` but for stage and opinion, which change with every act and move no total."""
assert FACTS.keys() <= set(LineRow.__struct_fields__), "a fact is a field of a line"
TABLES: Mapping[str, Mapping[str, str]] = {
    "lines": {"entry": BIGINT, "at_s": BIGINT, "sign": BIGINT, "from_province": VARCHAR, "to_province": VARCHAR, **FACTS},
    "moves": {
        "entry": BIGINT, "at_s": BIGINT, "account": VARCHAR, "layer": VARCHAR, "from_province": VARCHAR, "to_province": VARCHAR,
        "book": VARCHAR, "grams": BIGINT, "held_g": BIGINT,
    },
    "closes": {"entry": BIGINT, "at_s": BIGINT, "month": VARCHAR, "from_province": VARCHAR, "to_province": VARCHAR, "size": BIGINT},
}  # fmt: skip
"""``lines``: waste lines of manifests; of what stays in a province, both provinces are the same. ``moves``: grams
that came to an account or left it, by the column of the statement (``Kind.books``; empty where none were booked), and in ``held_g`` those that a
manifest reserves until its receipt or void. Of a site's yearly scale every
direction that ever drew on it stands in some row; other rows of it have none. ``closes``: the log sizes at which months were closed."""

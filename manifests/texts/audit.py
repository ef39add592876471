"""What an audit of a live database finds in the manifests' projection."""

from __future__ import annotations

from signing.refusal import Rule

AUDIT = (
    Rule(
        code="VIEW_DIFFERS",
        zh="数据库中的联单视图与条目重算的不符。",
        en="A manifest's row in the database is not what the entries give.",
        do_zh="以条目为准；重建联单视图，并查明是谁改动了数据库。",
        do_en="Rely on the entries; rebuild the views, and find out who changed the database.",
        source="design §5 [DESIGN]",
        lift="operator",
    ),
)

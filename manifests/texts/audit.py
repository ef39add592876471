"""What an audit of a live database finds in the manifests' projection."""

from __future__ import annotations

from signing.refusal import texts

AUDIT = texts("""
VIEW_DIFFERS | - | operator | design §5 [DESIGN]
数据库中的联单视图与条目重算的不符。 || 以条目为准；重建联单视图，并查明是谁改动了数据库。
A manifest's row in the database is not what the entries give. || Rely on the entries; rebuild the views, and find out who changed the database.
""")

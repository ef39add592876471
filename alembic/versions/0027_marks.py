"""Manifests are found by the labels that they loaded, their weighing tickets and their sites, and a plate or number by how it begins.

The projections are made again from the log.
"""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    "DELETE FROM feed_reader",
    "DELETE FROM manifest_term",
    "DELETE FROM manifest_view",
    "DELETE FROM party_gram",
    "DELETE FROM party_name",
    "DELETE FROM projection_position WHERE name = 'manifests'",
)


def upgrade() -> None:
    """One statement per call: asyncpg prepares each."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """A ledger is not taken apart."""
    raise RuntimeError("restore a backup instead of downgrading")

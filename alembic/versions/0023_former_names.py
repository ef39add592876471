"""Former names of parties: every name with the entry that gave it, and who succeeds a closed party.

A party is found by each of its names, and answers say how it was called when an act was entered. The projections are made again from the log.
"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    "ALTER TABLE party_name ADD COLUMN names text[] NOT NULL DEFAULT '{}'",
    "ALTER TABLE party_name ADD COLUMN since bigint[] NOT NULL DEFAULT '{}'",
    "ALTER TABLE party_name ADD COLUMN successor text COLLATE \"C\" NOT NULL DEFAULT ''",
    "COMMENT ON COLUMN party_name.names IS 'every name, the present one last'",
    "COMMENT ON COLUMN party_name.since IS 'the entry that gave each of the names'",
    "COMMENT ON COLUMN party_name.folded IS 'every name in normal form, a line each'",
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

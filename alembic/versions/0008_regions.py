"""Regions that a manifest touches, so that readers by grant (``access.grant``) search them in the database.

The projection is made again from the log: rows of before do not know their regions.
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    "ALTER TABLE manifest_view ADD COLUMN regions text[] NOT NULL DEFAULT '{}'",
    "CREATE INDEX manifest_view_regions ON manifest_view USING gin (regions)",
    "DELETE FROM manifest_view",
    "DELETE FROM projection_position WHERE name = 'manifests'",
)


def upgrade() -> None:
    """One statement per call: asyncpg prepares each."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """A ledger is not taken apart."""
    raise RuntimeError("restore a backup instead of downgrading")

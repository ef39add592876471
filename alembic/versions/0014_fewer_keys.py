"""The feed's index by the places that an entry names, and manifests by party and whether they are open: fewer rows, written less often.

Both are derived and made again from the log. Before, an entry stood under each region around its places (``manifest:51``, ``manifest:5101``,
``manifest:510112``), and a load under each of its parties with its stage, which every act changes.
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    "DELETE FROM feed_reader",
    "DELETE FROM manifest_term",
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

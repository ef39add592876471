"""Road links: a capability of 128 bits by which whoever stands beside a truck sees its one trip (docs/desk.md).

No evidence and no projection: a capability is kept as its hash alone, and a link ends with its trip.
"""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE road_link (
        digest   bytea  PRIMARY KEY CHECK (octet_length(digest) = 32),
        number   bigint GENERATED ALWAYS AS IDENTITY,
        manifest text   COLLATE "C" NOT NULL,
        made_by  text   COLLATE "C" NOT NULL,
        made_s   bigint NOT NULL
    )
    """,
    "COMMENT ON COLUMN road_link.digest IS 'SHA-256 of the capability, which is kept nowhere'",
    "CREATE INDEX road_link_of_manifest ON road_link (manifest, number)",
    "CREATE INDEX road_link_by_age ON road_link (made_s)",
    "ALTER TABLE road_link OWNER TO liandan_owner",
    "REVOKE ALL ON road_link FROM PUBLIC",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON road_link TO liandan_writer",
)


def upgrade() -> None:
    """One statement per call: asyncpg prepares each."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """A ledger is not taken apart."""
    raise RuntimeError("restore a backup instead of downgrading")

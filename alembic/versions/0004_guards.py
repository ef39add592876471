"""Guards: three roles, and triggers that refuse to change, empty, drop or unguard the ledger's tables.

They stop accidents and a captured web process. A superuser can take them away again, and is stopped elsewhere: by the publisher's second
decision, by witnesses and by exports (docs/trust.md).

* ``liandan_owner`` owns the tables and has no login; ``liandan_writer`` appends; ``liandan_reader`` reads. The program's pool takes the
  writer's role, so that it cannot do more than append even when it logs in as somebody mighty.
* Roles belong to the cluster: they are made if they are missing, and left alone otherwise.
* Event triggers need a superuser; a managed server without one goes without them, and ``liandan log status`` says so.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

LEDGER = ("entry", "link")
# What a cut of the log moved aside (ledger/repair/cut.py).
QUARANTINE = "quarantine"
DERIVED = ("fact", "log_head", "refusal", "projection_position", "manifest_view")
ACCESS = ("token", "login_nonce")
TABLES = (*LEDGER, QUARANTINE, *DERIVED, *ACCESS)

STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE quarantine (
        cut_to bigint NOT NULL,
        idx    bigint NOT NULL,
        entry  bytea  NOT NULL,
        cut_at timestamptz NOT NULL DEFAULT now()
    )
    """,
    # Only the owner's role may delete, only above the size it has declared to cut to, only in that transaction.
    """
    CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' AND current_user = 'liandan_owner'
           AND OLD.idx >= nullif(current_setting('liandan.cut_to', true), '')::bigint THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'table % is append-only', TG_TABLE_NAME USING ERRCODE = 'LD001';
    END
    $$
    """,
    """
    DO $$
    DECLARE name text;
    BEGIN
        FOREACH name IN ARRAY ARRAY['liandan_owner', 'liandan_writer', 'liandan_reader'] LOOP
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', name);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
            END;
            EXECUTE format('GRANT %I TO CURRENT_USER', name);
        END LOOP;
    END
    $$
    """,
    "GRANT USAGE ON SCHEMA public TO liandan_owner, liandan_writer, liandan_reader",
    "GRANT CREATE ON SCHEMA public TO liandan_owner",
    *(f"ALTER TABLE {table} OWNER TO liandan_owner" for table in TABLES),
    *(f"REVOKE ALL ON {table} FROM PUBLIC" for table in TABLES),
    *(f"GRANT SELECT, INSERT ON {table} TO liandan_writer" for table in LEDGER),
    *(f"GRANT SELECT, INSERT, UPDATE ON {table} TO liandan_writer" for table in DERIVED),
    *(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO liandan_writer" for table in ACCESS),
    *(f"GRANT SELECT ON {table} TO liandan_reader" for table in (*LEDGER, *DERIVED)),
    "GRANT SELECT ON alembic_version TO liandan_writer, liandan_reader",
    "CREATE SCHEMA liandan_guard",  # a schema of its own: dropping public must not take its guard away first
    """
    CREATE FUNCTION liandan_guard.ledger_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$
    DECLARE command record;
    BEGIN
        IF tg_event = 'sql_drop' THEN
            FOR command IN SELECT * FROM pg_event_trigger_dropped_objects() LOOP
                IF command.schema_name = 'public' AND (
                    (command.object_type = 'table' AND command.object_name IN ('entry', 'link'))
                    OR (command.object_type IN ('trigger', 'table constraint', 'table column')
                        AND command.address_names[2] IN ('entry', 'link'))
                ) THEN
                    RAISE EXCEPTION '% is part of the ledger and is not dropped', command.object_identity USING ERRCODE = 'LD002';
                END IF;
            END LOOP;
        ELSE
            FOR command IN SELECT * FROM pg_event_trigger_ddl_commands() LOOP
                IF command.command_tag = 'ALTER TABLE' AND command.objid IN ('public.entry'::regclass, 'public.link'::regclass) THEN
                    RAISE EXCEPTION '% is part of the ledger and is not altered', command.object_identity USING ERRCODE = 'LD002';
                END IF;
            END LOOP;
        END IF;
    END
    $$
    """,
    """
    DO $$
    BEGIN
        IF (SELECT rolsuper FROM pg_roles WHERE rolname = CURRENT_USER) THEN
            CREATE EVENT TRIGGER guard_ledger_drop ON sql_drop EXECUTE FUNCTION liandan_guard.ledger_ddl();
            CREATE EVENT TRIGGER guard_ledger_alter ON ddl_command_end
                WHEN TAG IN ('ALTER TABLE') EXECUTE FUNCTION liandan_guard.ledger_ddl();
            ALTER EVENT TRIGGER guard_ledger_drop ENABLE ALWAYS;
            ALTER EVENT TRIGGER guard_ledger_alter ENABLE ALWAYS;
        END IF;
    END
    $$
    """,
)


def upgrade() -> None:
    """One statement per call: asyncpg prepares each."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """A ledger is not taken apart."""
    raise RuntimeError("restore a backup instead of downgrading")

-- Partition entry by index: entry_0 holds what is there, entry_1 what comes. Run as a superuser, with no server running; docs/operations.md.
-- For another partition later: split the last, empty one in the same way before the log reaches it.
ALTER EVENT TRIGGER guard_ledger_alter DISABLE;
ALTER EVENT TRIGGER guard_ledger_drop DISABLE;
BEGIN;
LOCK TABLE entry IN ACCESS EXCLUSIVE MODE;
ALTER TABLE entry RENAME TO entry_0;
ALTER TABLE entry_0 RENAME CONSTRAINT entry_pkey TO entry_0_pkey;
-- With this CHECK, ATTACH does not read the table again.
ALTER TABLE entry_0 ADD CONSTRAINT entry_0_range CHECK (idx >= 0 AND idx < 16777216);
CREATE TABLE entry (LIKE entry_0 INCLUDING CONSTRAINTS INCLUDING STORAGE, PRIMARY KEY (idx)) PARTITION BY RANGE (idx);
ALTER TABLE entry DROP CONSTRAINT entry_0_range;
ALTER TABLE entry ATTACH PARTITION entry_0 FOR VALUES FROM (0) TO (16777216);
CREATE TABLE entry_1 PARTITION OF entry FOR VALUES FROM (16777216) TO (MAXVALUE);
ALTER TABLE entry_1 ALTER COLUMN entry SET STORAGE EXTERNAL;
ALTER TABLE entry OWNER TO liandan_owner;
ALTER TABLE entry_1 OWNER TO liandan_owner;
REVOKE ALL ON entry, entry_1 FROM PUBLIC;
GRANT SELECT, INSERT ON entry TO liandan_writer;
GRANT SELECT ON entry TO liandan_reader;
-- The guards of the ledger on every part; those of entry_0 came with it.
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON entry_1 FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON entry_1 FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE entry_1 ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE entry_1 ENABLE ALWAYS TRIGGER no_truncate;
ALTER TABLE entry ENABLE ALWAYS TRIGGER no_truncate;
COMMIT;
ALTER EVENT TRIGGER guard_ledger_alter ENABLE ALWAYS;
ALTER EVENT TRIGGER guard_ledger_drop ENABLE ALWAYS;

"""A database as large as the planner must take it to be, filled in two seconds: rows of the right shape and spread, not a log."""

from __future__ import annotations

import asyncpg

ENTRIES, MANIFESTS, PARTIES, APPROVALS, NOTICES = 20_000, 5_000, 2_000, 4_000, 10_000
PENDING = 6_000
GENERATOR, RECEIVER = "G{:04}", "R{:02}"
"""Codes of generators and receivers."""
ULID = "{:026}"
_SQL = f"""
    INSERT INTO entry (idx, leaf, entry)
    SELECT n, sha256('\\x00'::bytea || said), said FROM generate_series(0, {ENTRIES - 1}) AS n, convert_to('entry ' || n || repeat('.', 300), 'UTF8') AS said;

    INSERT INTO link (chain, seq, hash, idx)
    SELECT 'manifest/G' || lpad((n % {MANIFESTS} % 500)::text, 4, '0') || '/' || lpad((n % {MANIFESTS})::text, 26, '0'), n / {MANIFESTS},
           sha256(n::text::bytea), n FROM generate_series(0, {ENTRIES - 1}) AS n;

    INSERT INTO fact (key, value)
    SELECT 'chain:' || chain, repeat('v', 200)::bytea FROM link WHERE seq = 0
     UNION ALL SELECT 'key:' || encode(sha256(n::text::bytea), 'hex'), repeat('v', 200)::bytea FROM generate_series(1, {ENTRIES}) AS n;

    INSERT INTO log_head (size, root, edge, at_s) VALUES ({ENTRIES}, sha256(''), '', 0);

    INSERT INTO refusal (hour, statement, signers, kind, codes, size, at, receipt, page)
    SELECT '2026-10-01T' || lpad((n % 24)::text, 2, '0'), encode(sha256(n::text::bytea), 'hex'),
           ARRAY['G' || lpad((n % 500)::text, 4, '0')], 'manifest.issue/1', ARRAY['SEQ'], n, '2026-10-01T08:00:00+08:00', repeat('r', 300)::bytea,
           CASE WHEN n < {ENTRIES - 20} THEN n END FROM generate_series(0, {ENTRIES - 1}) AS n;

    INSERT INTO projection_position (name, idx) VALUES ('manifests', {ENTRIES});

    INSERT INTO manifest_view (chain, generator, ulid, number, stage, from_province, to_province, receiver, carriers, regions, codes, terms,
                               issued_at, updated_idx, view)
    SELECT 'manifest/' || generator || '/' || ulid, generator, ulid, '2026' || n, stage, '51', '50', receiver, ARRAY['C1'], '{{}}', '{{}}',
           ARRAY['any', 'party:' || generator || CASE stage WHEN 'closed' THEN ' done' ELSE ' open' END, 'party:' || generator, 'generator:' || generator, 'receiver:' || receiver, 'stage:' || stage, 'way:51-50', 'from:51',
                 'to:50', 'code:900-052-31'], to_timestamp(1790000000 + n), {ENTRIES - MANIFESTS} + n, view
      FROM generate_series(0, {MANIFESTS - 1}) AS n,
           LATERAL (SELECT 'G' || lpad((n % 500)::text, 4, '0') AS generator, lpad(n::text, 26, '0') AS ulid,
                           'R' || lpad((n % 40)::text, 2, '0') AS receiver, CASE WHEN n % 100 = 0 THEN 'in_transit' ELSE 'closed' END AS stage)
                AS said, sample;
    INSERT INTO manifest_term (term, issued_at, chain) SELECT unnest(terms), issued_at, chain FROM manifest_view;

    UPDATE manifest_view SET clocks = ARRAY[generator || ' receipt ' || updated_idx || ' ', '* receipt ' || updated_idx || ' '] WHERE updated_idx % 2 = 0;
    INSERT INTO clock (who, term, since_s, chain, item)
    SELECT split_part(row, ' ', 1), split_part(row, ' ', 2), split_part(row, ' ', 3)::bigint, chain, '' FROM manifest_view, unnest(clocks) AS row
     UNION ALL SELECT receiver, 'attachment', updated_idx, chain, encode(sha256(ulid::bytea), 'hex') || ',' || receiver FROM manifest_view;

    INSERT INTO feed_reader (reader, idx)
    SELECT 'G' || lpad((n % {MANIFESTS} % 500)::text, 4, '0'), n FROM generate_series(0, {ENTRIES - 1}) AS n
     UNION ALL SELECT 'R' || lpad((n % {MANIFESTS} % 40)::text, 2, '0'), n FROM generate_series(0, {ENTRIES - 1}) AS n
     UNION ALL SELECT 'manifest:5101' || lpad((n % 20)::text, 2, '0'), n FROM generate_series(0, {ENTRIES - 1}) AS n;

    INSERT INTO party_name (uscc, name, folded, closed_on, idx)
    SELECT 'G' || lpad(n::text, 4, '0'), '第' || n || '号公司', '第' || n || '号公司', '', n FROM generate_series(0, {PARTIES - 1}) AS n;
    INSERT INTO party_gram (gram, uscc)
    SELECT DISTINCT substr(folded, place, 2), uscc FROM party_name, generate_series(1, 6) AS place WHERE substr(folded, place, 2) <> '';

    INSERT INTO registry_view (chain, idx, terms)
    SELECT 'approval/G' || lpad((n % 500)::text, 4, '0') || '/' || lpad(n::text, 26, '0'), n,
           ARRAY['any', 'receiver:R' || lpad((n % 40)::text, 2, '0'), 'code:900-052-31', 'stage:approved', 'party:G' || lpad((n % 500)::text, 4, '0')]
      FROM generate_series(0, {APPROVALS - 1}) AS n;
    INSERT INTO registry_term (term, chain) SELECT unnest(terms), chain FROM registry_view;
    INSERT INTO fact (key, value) SELECT 'chain:' || chain, approval FROM registry_view, sample;

    INSERT INTO token (digest, uscc, keyid, scope, expires_at)
    SELECT sha256(n::text::bytea), 'G0001', 'key' || abs(n) % 500, '{{}}', now() + (n || ' s')::interval FROM generate_series(-20, 4000) AS n;
    INSERT INTO login_nonce (nonce, expires_at) SELECT sha256(n::text::bytea), now() + (n || ' s')::interval FROM generate_series(-20, 4000) AS n;

    INSERT INTO disclosure (statement, field, chain, seq, nonce, ciphertext, salt_digest)
    SELECT hash, 'driver', chain, seq, decode(repeat('00', 12), 'hex'), '\\x01', sha256(hash) FROM link WHERE idx < 5000;

    INSERT INTO evidence_file (sha256, size, media_type, stored_at) SELECT sha256(n::text::bytea), 9, 'text/plain', now() FROM generate_series(0, 9999) AS n;
    INSERT INTO evidence_upload (sha256, uscc, brought_at)
    SELECT sha256(n::text::bytea), 'G' || lpad((n % 500)::text, 4, '0'), now() - (n || ' hours')::interval FROM generate_series(0, 9999) AS n;
    INSERT INTO evidence_reference (sha256, reader, parties, idx)
    SELECT sha256(n::text::bytea), key, ARRAY['G' || lpad((n % 500)::text, 4, '0')], n
      FROM generate_series(0, 9999) AS n, unnest(ARRAY['G' || lpad((n % 500)::text, 4, '0'), 'manifest:510112', 'manifest:500118']) AS key WHERE n % 10 > 0;

    INSERT INTO webhook (id, uscc, keyid, url, kinds, note, state, challenge, confirmed, next_idx)
    SELECT 'w' || n, 'G' || lpad(n::text, 4, '0'), 'key', 'https://example.org/', '{{}}', '', 'active', '', true, {ENTRIES - 10}
      FROM generate_series(0, 199) AS n;
    INSERT INTO webhook_delivery (webhook, idx, kind, subject, body, state, last_at)
    SELECT 'w' || n % 200, n, 'manifest.issue', 'manifest/' || n, repeat('b', 300)::bytea,
           CASE WHEN n >= {NOTICES - 300} THEN 'pending' ELSE 'delivered' END, now() - ((20000 - n) || ' s')::interval
      FROM generate_series(0, {NOTICES - 1}) AS n;

    INSERT INTO book (id, holder, kind, month, sender, file, sha256, lines_hash, lines, put_at_s, put_by, replaced_by)
    SELECT lpad(n::text, 26, '0'), 'G' || lpad((n % 500)::text, 4, '0'), 'b5', '2026-' || lpad((n / 500 % 10 + 1)::text, 2, '0'), '', 'a.xlsx',
           'f' || n, 'h' || n, 4, n, 'G0007', CASE WHEN n >= 5000 THEN '' ELSE 'later' END
      FROM generate_series(0, 9999) AS n;
    INSERT INTO book_line (book, number, line)
    SELECT id, n, '{{"holder":"G","book":"b","sheet":"s","row":1,"side":"out","mass_g":1}}' FROM book, generate_series(0, 3) AS n;

    INSERT INTO pending (statement, kind, chain, seq, signers, payload, keyids, sigs, withdrawn, opener, foreseen, size, state, told_by,
                         reason, codes, taken_s, changed_s, ends_s)
    SELECT sha256(n::text::bytea), 'manifest.depart/1', 'manifest/' || n, 1, ARRAY['G' || lpad((n % 500)::text, 4, '0'), 'C1' || n % 40],
           repeat('p', 900)::bytea, ARRAY['k', ''], ARRAY['s', '']::bytea[], '{{}}', 'G' || lpad((n % 500)::text, 4, '0'), '{{}}', n,
           CASE WHEN n % 1000 = 0 THEN 'complete' WHEN n % 3 = 0 THEN 'entered' ELSE 'waiting' END, '', '', '{{}}', n, n, n + 86400
      FROM generate_series(0, {PENDING - 1}) AS n;

    INSERT INTO desk_box (name, party, offer, answer, done, expires_at)
    SELECT encode(sha256(n::text::bytea), 'hex'), 'G' || lpad((n % 500)::text, 4, '0'), 'o', CASE WHEN n % 2 = 0 THEN 'a'::bytea END, NULL,
           now() + (n || ' s')::interval FROM generate_series(-20, 4000) AS n;
    INSERT INTO desk_draft (id, party, sort, title, body, planned, origin, changed_s, changed_by)
    SELECT lpad(n::text, 26, '0'), 'G' || lpad((n % 500)::text, 4, '0'), CASE WHEN n % 3 = 0 THEN 'template' ELSE 'draft' END, 't' || n, '{{}}', '',
           '', n, 'key' FROM generate_series(0, 9999) AS n;
    INSERT INTO road_link (digest, manifest, made_by, made_s)
    SELECT sha256(n::text::bytea), chain, generator, n FROM generate_series(0, 3) AS copy,
           LATERAL (SELECT chain, generator, copy * {MANIFESTS} + ulid::bigint AS n FROM manifest_view) AS of;
"""


async def fill(conn: asyncpg.Connection, view: bytes, approval: bytes) -> None:
    """Every table that grows with a log, and what the planner knows of it. The connection is the owner's; every manifest has this view and
    every approval this head, as they are stored.
    """
    await conn.execute("CREATE TEMPORARY TABLE sample (view bytea, approval bytea)")
    await conn.execute("INSERT INTO sample VALUES ($1, $2)", view, approval)
    await conn.execute(_SQL)
    await conn.execute("VACUUM ANALYZE")

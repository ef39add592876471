-- M2、M3 台账与联单 / what the books of generators (M2) and receivers (M3) are held against (law §6.1): of each party, in its role, and code, lines to
-- which something happened in the month and what was issued, departed, accepted, refused, voided and declined of them in it, in grams.
WITH roles AS (
  SELECT 'generator' AS role, generator AS party, month_lines.* FROM month_lines
  UNION ALL
  SELECT 'receiver' AS role, receiver AS party, month_lines.* FROM month_lines
)
SELECT month, from_province, to_province, role, party, code, CAST(SUM(n) AS BIGINT) AS line_count,
  CAST(SUM(was_issued * declared_g) AS BIGINT) AS issued_g, CAST(SUM(has_departed * declared_g) AS BIGINT) AS departed_g,
  CAST(SUM(was_received * accepted_g) AS BIGINT) AS accepted_g, CAST(SUM(was_received * refused_g) AS BIGINT) AS refused_g,
  CAST(SUM(was_voided * declared_g) AS BIGINT) AS voided_g, CAST(SUM(was_declined * declared_g) AS BIGINT) AS declined_g
FROM roles
WHERE was_issued + has_departed + was_received + was_voided + was_declined > 0
GROUP BY month, from_province, to_province, role, party, code
HAVING SUM(n) <> 0
ORDER BY month, from_province, to_province, role, party, code

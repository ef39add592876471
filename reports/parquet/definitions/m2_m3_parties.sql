-- M2、M3 台账与联单 / what the books of generators (M2) and receivers (M3) are held against (law §6.1): of each party, in its role, and code, lines to
-- which something happened in the month and what was issued, departed, accepted, refused, voided and declined of them in it, in grams.
WITH booked AS (
  SELECT period.month, lines.from_province, lines.to_province, lines.generator, lines.receiver, lines.code, lines.sign, lines.declared_g,
    lines.accepted_g, lines.refused_g,
    CASE WHEN issued_s >= start_s AND issued_s < end_s THEN 1 ELSE 0 END AS was_issued,
    CASE WHEN departed_s >= start_s AND departed_s < end_s THEN 1 ELSE 0 END AS has_departed,
    CASE WHEN received_s >= start_s AND received_s < end_s THEN 1 ELSE 0 END AS was_received,
    CASE WHEN voided_s >= start_s AND voided_s < end_s THEN 1 ELSE 0 END AS was_voided,
    CASE WHEN declined_s >= start_s AND declined_s < end_s THEN 1 ELSE 0 END AS was_declined
  FROM lines JOIN period ON lines.from_province = period.from_province AND lines.to_province = period.to_province
  WHERE lines.entry < period.size
), pairs AS (
  SELECT month, from_province, to_province, generator, receiver, code, SUM(sign) AS line_count, SUM(sign * was_issued * declared_g) AS issued_g,
    SUM(sign * has_departed * declared_g) AS departed_g, SUM(sign * was_received * COALESCE(accepted_g, 0)) AS accepted_g,
    SUM(sign * was_received * COALESCE(refused_g, 0)) AS refused_g, SUM(sign * was_voided * declared_g) AS voided_g,
    SUM(sign * was_declined * declared_g) AS declined_g
  FROM booked
  WHERE was_issued + has_departed + was_received + was_voided + was_declined > 0
  GROUP BY month, from_province, to_province, generator, receiver, code
), roles AS (
  SELECT 'generator' AS role, generator AS party, pairs.* FROM pairs
  UNION ALL
  SELECT 'receiver' AS role, receiver AS party, pairs.* FROM pairs
)
SELECT month, from_province, to_province, role, party, code, CAST(SUM(line_count) AS BIGINT) AS line_count, CAST(SUM(issued_g) AS BIGINT) AS issued_g,
  CAST(SUM(departed_g) AS BIGINT) AS departed_g, CAST(SUM(accepted_g) AS BIGINT) AS accepted_g, CAST(SUM(refused_g) AS BIGINT) AS refused_g,
  CAST(SUM(voided_g) AS BIGINT) AS voided_g, CAST(SUM(declined_g) AS BIGINT) AS declined_g
FROM roles
GROUP BY month, from_province, to_province, role, party, code
HAVING SUM(line_count) <> 0
ORDER BY month, from_province, to_province, role, party, code

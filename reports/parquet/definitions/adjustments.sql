-- 上月结账后的调整 / adjustments: what acts changed of earlier months since the close with which the month opens (R-93, kinds §9), act by act
-- (entry), line by line, by the month to which it belongs: after less before, in grams, in each term that a line is booked in, in the month of the
-- act that booked it. A month that opens with no close has none. Other definitions may ask this one by its name.
WITH changed AS (
  SELECT period.month, period.start_s, lines.from_province, lines.to_province, lines.generator, lines.manifest, lines.line, lines.code, lines.entry,
    lines.sign, lines.declared_g, lines.accepted_g, lines.refused_g, lines.issued_s, lines.departed_s, lines.received_s, lines.voided_s, lines.declined_s
  FROM lines JOIN period ON lines.from_province = period.from_province AND lines.to_province = period.to_province
  WHERE lines.entry >= period.base_size AND lines.entry < period.size
), terms AS (
  SELECT 'issued' AS term UNION ALL SELECT 'departed' UNION ALL SELECT 'received' UNION ALL SELECT 'voided' UNION ALL SELECT 'declined'
), booked AS (
  SELECT changed.*, term, CASE term WHEN 'issued' THEN issued_s WHEN 'departed' THEN departed_s WHEN 'received' THEN received_s
    WHEN 'voided' THEN voided_s ELSE declined_s END AS moment_s
  FROM changed CROSS JOIN terms
), placed AS (
  -- The month of a moment, eight hours east of Greenwich, as Shanghai has been since 1992.
  SELECT month, from_province, to_province, generator, manifest, line, code, entry,
    SUBSTRING(CAST(DATE '1970-01-01' + CAST(FLOOR((moment_s + 28800) / 86400) AS INT) AS STRING), 1, 7) AS adjusts,
    CASE WHEN term = 'issued' THEN sign * declared_g ELSE 0 END AS issued,
    CASE WHEN term = 'departed' THEN sign * declared_g ELSE 0 END AS departed,
    CASE WHEN term = 'received' THEN sign * COALESCE(accepted_g, 0) ELSE 0 END AS accepted,
    CASE WHEN term = 'received' THEN sign * COALESCE(refused_g, 0) ELSE 0 END AS refused,
    CASE WHEN term = 'received' THEN sign * COALESCE(declared_g - accepted_g - refused_g, 0) ELSE 0 END AS difference,
    CASE WHEN term = 'voided' THEN sign * declared_g ELSE 0 END AS voided,
    CASE WHEN term = 'declined' THEN sign * declared_g ELSE 0 END AS declined
  FROM booked WHERE moment_s < start_s
)
SELECT month, from_province, to_province, adjusts, generator, manifest, line, code, entry,
  CAST(SUM(issued) AS BIGINT) AS issued_g, CAST(SUM(departed) AS BIGINT) AS departed_g, CAST(SUM(accepted) AS BIGINT) AS accepted_g,
  CAST(SUM(refused) AS BIGINT) AS refused_g, CAST(SUM(difference) AS BIGINT) AS difference_g, CAST(SUM(voided) AS BIGINT) AS voided_g,
  CAST(SUM(declined) AS BIGINT) AS declined_g
FROM placed
GROUP BY month, from_province, to_province, adjusts, generator, manifest, line, code, entry
HAVING SUM(issued) <> 0 OR SUM(departed) <> 0 OR SUM(accepted) <> 0 OR SUM(refused) <> 0 OR SUM(difference) <> 0 OR SUM(voided) <> 0
  OR SUM(declined) <> 0
ORDER BY month, from_province, to_province, entry, line, code, adjusts

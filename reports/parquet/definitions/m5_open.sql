-- M5 期末在途与未起运 / what is open at the month's end (law §6.1), by code, kind (in_transit: departed and not received; waiting: issued and not
-- departed) and age in days at the end, or at the last entry of a month that is not over: of what departed by then since the departure, else
-- since the issue.
WITH open_lines AS (
  SELECT period.month, lines.from_province, lines.to_province, lines.code, lines.sign, lines.declared_g,
    CASE WHEN lines.departed_s < period.end_s THEN 'in_transit' ELSE 'waiting' END AS kind,
    period.as_of_s - CASE WHEN lines.departed_s < period.as_of_s THEN lines.departed_s ELSE lines.issued_s END AS age_s
  FROM lines JOIN period ON lines.from_province = period.from_province AND lines.to_province = period.to_province
  WHERE lines.entry < period.size AND (lines.received_s IS NULL OR lines.received_s >= period.end_s)
    AND (lines.departed_s < period.end_s
      OR (lines.issued_s < period.end_s AND (lines.departed_s IS NULL OR lines.departed_s >= period.end_s)
        AND (lines.voided_s IS NULL OR lines.voided_s >= period.end_s) AND (lines.declined_s IS NULL OR lines.declined_s >= period.end_s)))
)
SELECT month, from_province, to_province, code, kind,
  CASE WHEN age_s < 86400 THEN '00-01' WHEN age_s < 3 * 86400 THEN '01-03' WHEN age_s < 7 * 86400 THEN '03-07'
    WHEN age_s < 15 * 86400 THEN '07-15' WHEN age_s < 30 * 86400 THEN '15-30' ELSE '30-' END AS age_days,
  CAST(SUM(sign) AS BIGINT) AS line_count,
  CAST(SUM(sign * declared_g) AS BIGINT) AS declared_g
FROM open_lines
GROUP BY month, from_province, to_province, code, kind,
  CASE WHEN age_s < 86400 THEN '00-01' WHEN age_s < 3 * 86400 THEN '01-03' WHEN age_s < 7 * 86400 THEN '03-07'
    WHEN age_s < 15 * 86400 THEN '07-15' WHEN age_s < 30 * 86400 THEN '15-30' ELSE '30-' END
HAVING SUM(sign) <> 0
ORDER BY month, from_province, to_province, code, kind, age_days

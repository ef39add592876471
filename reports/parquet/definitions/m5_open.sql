-- M5 期末在途与未起运 / what is open at the month's end (law §6.1), by code, kind (in_transit: departed and not received; waiting: issued and not
-- departed) and age in days at the end, or at the last entry of a month that is not over: of what departed by then since the departure, else
-- since the issue.
SELECT month, from_province, to_province, code, CASE WHEN is_closing = 1 THEN 'in_transit' ELSE 'waiting' END AS kind, age_days,
  CAST(SUM(n) AS BIGINT) AS line_count, CAST(SUM(declared_g) AS BIGINT) AS declared_g
FROM month_lines
WHERE is_closing + is_waiting > 0
GROUP BY month, from_province, to_province, code, CASE WHEN is_closing = 1 THEN 'in_transit' ELSE 'waiting' END, age_days
HAVING SUM(n) <> 0
ORDER BY month, from_province, to_province, code, kind, age_days

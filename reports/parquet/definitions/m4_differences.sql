-- M4 重量差异 / lines received in the month that came heavier or lighter than declared or sent, by code and by the level at which the receipt was
-- judged (R-62: M, H; empty within the tolerance). Sent is what was weighed at loading, else declared; came is accepted and refused together.
SELECT month, from_province, to_province, code, level, CAST(SUM(n) AS BIGINT) AS line_count, CAST(SUM(declared_g) AS BIGINT) AS declared_g,
  CAST(SUM(sent_g) AS BIGINT) AS sent_g, CAST(SUM(accepted_g + refused_g) AS BIGINT) AS came_g, CAST(SUM(difference_g) AS BIGINT) AS difference_g
FROM month_lines
WHERE was_received = 1 AND differs = 1
GROUP BY month, from_province, to_province, code, level
HAVING SUM(n) <> 0
ORDER BY month, from_province, to_province, code, level

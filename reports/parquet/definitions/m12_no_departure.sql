-- M12 无起运记录即接受 / lines received in the month of which nobody recorded a departure, by code: what keeps the mirror equation from holding.
SELECT month, from_province, to_province, code, CAST(SUM(n) AS BIGINT) AS line_count, CAST(SUM(declared_g) AS BIGINT) AS declared_g
FROM month_lines
WHERE ever_departed = 0 AND was_received = 1
GROUP BY month, from_province, to_province, code
HAVING SUM(n) <> 0
ORDER BY month, from_province, to_province, code

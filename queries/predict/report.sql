SELECT
  s.day, l.product % 8 AS category,
  sum(l.quantity * l.price) AS list, sum(round(l.quantity * l.price * (1 - l.discount), 2)) AS revenue, count(*) AS lines
FROM benchbook_likeness.line l
JOIN benchbook_likeness.sale s ON s.id = l.sale
GROUP BY s.day, l.product % 8

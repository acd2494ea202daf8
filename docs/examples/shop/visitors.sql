-- Who buys: asked once, before the run.
SELECT visitor_id FROM shop.visitor ORDER BY visitor_id

-- Records that a user buys something. The key is reserved for the request, so that it can be undone.
-- :event_id bigint
-- :user_id integer
-- :session_id bigint
-- :occurred_at timestamptz
-- :item text
-- :term text
-- :amount numeric
SELECT e.event_id, e.organization_id, e.user_id, e.occurred_at, e.amount
FROM events.record_event(
  :event_id, :user_id, 'purchase', :occurred_at, :session_id, '/checkout',
  jsonb_build_object('item', :item, 'term', :term), :amount
) e

-- Runs the user's own undo, the text of the setting benchbook.own_undo. The server refuses COMMIT and ROLLBACK in it,
-- which would end the transaction that holds it.
DO $$ BEGIN EXECUTE pg_catalog.current_setting('benchbook.own_undo'); END $$

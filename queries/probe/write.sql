INSERT INTO {schema}.ledger (slot, value) VALUES ($1, $2) RETURNING slot

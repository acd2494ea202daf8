-- pgbench's table of accounts, for machines without pgbench.
CREATE TABLE pgbench_accounts (
  aid integer NOT NULL,
  bid integer,
  abalance integer,
  filler char(84)
) WITH (fillfactor = 100);

INSERT INTO pgbench_accounts
SELECT aid, (aid - 1) / 100000 + 1, 0, '' FROM generate_series(1, :accounts) AS aid;

ALTER TABLE pgbench_accounts ADD PRIMARY KEY (aid);

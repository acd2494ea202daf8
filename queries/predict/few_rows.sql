-- An index of it is built by workers, and that is all that takes time.
CREATE TABLE benchbook_likeness.few AS SELECT i FROM generate_series(1, 100) AS made (i);
ALTER TABLE benchbook_likeness.few SET (parallel_workers = 2)

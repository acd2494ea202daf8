INSERT INTO rate_search (run_id, owner, search) VALUES ($run, $owner, $search);

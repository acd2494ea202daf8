-- In this transaction the server fails where a policy would hide rows: what is hidden would pass for gone.
SET LOCAL row_security = off

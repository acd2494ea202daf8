-- From the moment that this is committed {relation} takes no write. It waits for those under way: they are carried over.
CREATE TRIGGER {trigger} BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON {relation}
FOR EACH STATEMENT EXECUTE FUNCTION {schema}.fence()

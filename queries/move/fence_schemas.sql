-- The same for the schemas: from then on nothing in them is made, changed, dropped or granted. Only a superuser may ask for that.
CREATE EVENT TRIGGER {schema}_rights ON ddl_command_start WHEN TAG IN ('GRANT', 'REVOKE', 'ALTER DEFAULT PRIVILEGES')
EXECUTE FUNCTION {schema}.fence_schemas();
CREATE EVENT TRIGGER {schema}_changes ON ddl_command_end EXECUTE FUNCTION {schema}.fence_schemas();
CREATE EVENT TRIGGER {schema}_drops ON sql_drop EXECUTE FUNCTION {schema}.fence_schemas()

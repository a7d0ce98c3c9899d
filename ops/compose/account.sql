-- The account of the worker, as docs/servers.md has it, for the database shop.
CREATE USER 'switchyard'@'%' IDENTIFIED BY 'switchyard';
GRANT REPLICATION SLAVE, REPLICATION CLIENT, PROCESS, XA_RECOVER_ADMIN ON *.* TO 'switchyard'@'%';
GRANT SELECT ON performance_schema.* TO 'switchyard'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER ON `_switchyard`.* TO 'switchyard'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, LOCK TABLES, TRIGGER ON `shop`.* TO 'switchyard'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, LOCK TABLES ON `\_sw\_%`.* TO 'switchyard'@'%';

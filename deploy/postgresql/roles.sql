-- Once, on the primary: psql -v owner=… -v site=… -v reports=… -f roles.sql (three passwords). Again changes nothing
-- but the passwords and the limits.
--
-- lantoa          owns the tables: migrations, the workers, commands
-- lantoa_site    the processes that serve pages
-- lantoa_reports  the few processes that serve figures, exports and open data: they can never take the exam's places
\set ON_ERROR_STOP on
SELECT format('CREATE ROLE %I LOGIN', name) FROM unnest(ARRAY['lantoa', 'lantoa_site', 'lantoa_reports']) AS name
 WHERE NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = name) \gexec
SELECT 'CREATE DATABASE lantoa OWNER lantoa' WHERE NOT EXISTS (SELECT 1 FROM pg_database WHERE datname = 'lantoa') \gexec

ALTER ROLE lantoa PASSWORD :'owner' CONNECTION LIMIT 40;
ALTER ROLE lantoa_site PASSWORD :'site' CONNECTION LIMIT 120;
ALTER ROLE lantoa_reports PASSWORD :'reports' CONNECTION LIMIT 8;

-- Rows of every table, its own and those to come; no table is made, changed or dropped by a page.
GRANT pg_read_all_data, pg_write_all_data TO lantoa_site, lantoa_reports;
-- Totals are folded up to the oldest running transaction: whoever folds or reads them has to see everybody's.
GRANT pg_read_all_stats TO lantoa_site, lantoa_reports;
GRANT pg_monitor TO lantoa;

-- The last line of defence; the processes ask for shorter times themselves (LANTOA_PATIENCE).
ALTER ROLE lantoa_site SET statement_timeout = '15s';
ALTER ROLE lantoa_site SET lock_timeout = '5s';
ALTER ROLE lantoa_site SET idle_in_transaction_session_timeout = '15s';
ALTER ROLE lantoa_reports SET statement_timeout = '60s';
ALTER ROLE lantoa_reports SET lock_timeout = '2s';
ALTER ROLE lantoa_reports SET idle_in_transaction_session_timeout = '15s';
ALTER ROLE lantoa_reports SET max_parallel_workers_per_gather = 0;
ALTER ROLE lantoa SET idle_in_transaction_session_timeout = '5min';

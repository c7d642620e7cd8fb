"""The filing cabinet: tables, queries, the event log, the embedded PostgreSQL."""

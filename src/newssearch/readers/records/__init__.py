"""The formats of records, JSON and tables, and the dialects of the services that write these records."""

"""The SQLite file and the token store: reads and writes models."""

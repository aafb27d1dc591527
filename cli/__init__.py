"""The command line: plain text or JSON, without loading Textual."""

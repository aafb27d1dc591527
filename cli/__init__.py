"""The command line: answers in plain text or JSON, never loads Textual."""

"""X (Twitter), known only from the archive that it gives its users: no sign-in and no timeline."""

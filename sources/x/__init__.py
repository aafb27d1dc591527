"""X (Twitter): reads its archives, and its API with the user's own developer app."""

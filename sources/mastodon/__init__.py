"""Mastodon and every server that implements its client API."""

"""Bluesky and every server of the AT Protocol."""

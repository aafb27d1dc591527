"""The demo world: made-up people, made-up posts, no network and no account."""

from .source import Demo
from .world import World, world

__all__ = ["Demo", "World", "world"]

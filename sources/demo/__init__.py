"""The demo world: invented people and posts. It needs neither a network nor an account."""

from .source import Demo
from .world import World, world

__all__ = ["Demo", "World", "world"]

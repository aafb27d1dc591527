"""The widgets of the screens: the timeline, its painting, and the lines around it."""

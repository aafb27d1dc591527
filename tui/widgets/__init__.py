"""What the screens are made of: the timeline, its painting, and the lines around it."""

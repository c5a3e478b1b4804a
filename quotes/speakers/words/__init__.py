"""Word lists of the speakers' room, one entry a line, `#` opens a comment."""

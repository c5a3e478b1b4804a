"""Word lists of tracing, one entry a line, `#` opens a comment."""

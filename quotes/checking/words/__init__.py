"""Word lists of checking."""

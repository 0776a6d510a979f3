"""Change orders and handovers."""

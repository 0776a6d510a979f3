"""The goal sheet of a unit as one table."""

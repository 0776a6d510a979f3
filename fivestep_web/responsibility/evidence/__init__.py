"""What proves a letter, and where it is checked."""

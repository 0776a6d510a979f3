"""Who has a goal and a letter, who has not signed."""

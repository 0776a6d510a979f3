"""Charts of step 5 as shapes on paper, each with its numbers as a table (R5.1)."""

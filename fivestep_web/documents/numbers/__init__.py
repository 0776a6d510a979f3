"""Document numbers: taken at approval, kept with the reason when dropped (official-documents.md B2–B4)."""

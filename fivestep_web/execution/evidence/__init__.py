"""Evidence files of reports and of phases handed in: checked, cleaned, previewed (R4.1, trust.md D5)."""

"""Stage evaluations: how a phase ran, what it brought, what people think of it (R3.11, R3.12)."""

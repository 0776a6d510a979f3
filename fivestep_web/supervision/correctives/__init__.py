"""Corrective orders: what, who, by when, followed until verified (R3.13)."""

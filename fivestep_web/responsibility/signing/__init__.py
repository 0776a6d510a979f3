"""Signing a letter, and in whose stead."""

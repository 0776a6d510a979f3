"""Letters: drafted, issued, listed, printed."""

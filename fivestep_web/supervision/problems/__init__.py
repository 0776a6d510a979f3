"""Problems (问题): raised on a goal, solved on record or withdrawn (R3.7)."""

"""The war-room chart (挂图作战): goals by weeks, on screen, on paper and on the wall (R3.4)."""

"""Goals, who carries them, unit duties."""

"""The parts of the transcript's bench."""

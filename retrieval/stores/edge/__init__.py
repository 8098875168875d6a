"""Qdrant Edge in a process of its own: nothing in the caller's process waits for the engine's interpreter lock."""

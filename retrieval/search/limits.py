"""What a search asks for unless it says otherwise. Without imports, for those who only describe a search."""

from __future__ import annotations

DEFAULT_TOP_K = 5
MAX_TOP_K = 20
DEFAULT_ALPHA = 0.7
MOST_LOOKED_THROUGH = 60
"""Hits that diversity and the merging of neighbours choose from, whatever topK is."""

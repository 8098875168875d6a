"""BM25's two constants, for those who weigh its scores without computing them: K1 saturates term frequency, B counts
length. The values are Lucene's."""

from __future__ import annotations

K1 = 1.2
B = 0.75

"""Numbers of lists as letters, Roman numerals or digits, in the words of Office files (`lowerLetter`)."""

from __future__ import annotations

_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
          (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip


def formatted(count: int, form: str) -> str:
    if count < 1:
        return str(count)
    match form:
        case "lowerLetter" | "upperLetter":
            letters = chr(ord("a") + (count - 1) % 26) * min((count - 1) // 26 + 1, 4)
            return letters if form == "lowerLetter" else letters.upper()
        case "lowerRoman" | "upperRoman":
            return _roman(count) if form == "lowerRoman" else _roman(count).upper()
        case "decimalZero":
            return f"{count:02}"
        case _:
            return str(count)


def _roman(count: int) -> str:
    text = ""
    for value, sign in _ROMAN if count < 4000 else ():
        text += sign * (count // value)
        count %= value
    return text or str(count)

# ruff: noqa: RUF001 - mathematical signs are what this is about
"""Office equations (OMML) as LaTeX: the notation that people and language models read formulas in."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lxml import etree

from ingest.parsers.office.package import attribute, local_name

_SIGNS = {
    "∑": r"\sum", "∏": r"\prod", "∫": r"\int", "∬": r"\iint", "∭": r"\iiint", "∮": r"\oint", "⋃": r"\bigcup",
    "⋂": r"\bigcap", "⋁": r"\bigvee", "⋀": r"\bigwedge", "∞": r"\infty", "π": r"\pi", "α": r"\alpha", "β": r"\beta",
    "γ": r"\gamma", "δ": r"\delta", "ε": r"\epsilon", "θ": r"\theta", "λ": r"\lambda", "μ": r"\mu", "ν": r"\nu",
    "ρ": r"\rho", "σ": r"\sigma", "τ": r"\tau", "φ": r"\phi", "χ": r"\chi", "ψ": r"\psi", "ω": r"\omega",
    "Γ": r"\Gamma", "Δ": r"\Delta", "Θ": r"\Theta", "Λ": r"\Lambda", "Σ": r"\Sigma", "Φ": r"\Phi", "Ψ": r"\Psi",
    "Ω": r"\Omega", "±": r"\pm", "∓": r"\mp", "×": r"\times", "÷": r"\div", "·": r"\cdot", "≤": r"\leq", "≥": r"\geq",
    "≠": r"\neq", "≈": r"\approx", "≡": r"\equiv", "→": r"\to", "∈": r"\in", "∉": r"\notin", "⊂": r"\subset",
    "∪": r"\cup", "∩": r"\cap", "∀": r"\forall", "∃": r"\exists", "∂": r"\partial", "∇": r"\nabla", "…": r"\ldots",
    "⋯": r"\cdots",
}  # fmt: skip
_ACCENTS = {"\u0302": r"\hat", "\u0303": r"\tilde", "\u0304": r"\bar", "\u0305": r"\bar", "\u20d7": r"\vec",
            "\u0307": r"\dot", "\u0308": r"\ddot"}  # fmt: skip
_FUNCTIONS = frozenset(
    [
        "sin",
        "cos",
        "tan",
        "cot",
        "sec",
        "csc",
        "sinh",
        "cosh",
        "tanh",
        "arcsin",
        "arccos",
        "arctan",
        "log",
        "ln",
        "exp",
        "lim",
        "max",
        "min",
        "det",
    ]
)
_DEEPEST = 60


def latex(equation: etree._Element, depth: int = 0) -> str:
    """Of an `m:oMath` or a part of one; what is not known is written as the text in it."""
    if depth > _DEEPEST:
        return ""
    write = _WRITERS.get(local_name(equation))
    return write(equation, depth + 1) if write else _children(equation, depth + 1)


def _children(element: etree._Element, depth: int) -> str:
    return "".join(latex(child, depth) for child in element)


def _part(element: etree._Element, name: str, depth: int) -> str:
    child = element.find(f"{{*}}{name}")
    return "" if child is None else _children(child, depth).strip()


def _property(element: etree._Element, name: str, default: str) -> str:
    found = element.find(f"{{*}}{local_name(element)}Pr/{{*}}{name}")
    return default if found is None else attribute(found, "val") or ""


def _text(element: etree._Element, depth: int) -> str:  # noqa: ARG001 - as every writer
    text = element.text or ""
    return "".join(f"{_SIGNS[sign]} " if sign in _SIGNS else sign for sign in text)


def _fraction(element: etree._Element, depth: int) -> str:
    return rf"\frac{{{_part(element, 'num', depth)}}}{{{_part(element, 'den', depth)}}}"


def _scripted(element: etree._Element, depth: int) -> str:
    base, below, above = (_part(element, name, depth) for name in ("e", "sub", "sup"))
    return base + (f"_{{{below}}}" if below else "") + (f"^{{{above}}}" if above else "")


def _root(element: etree._Element, depth: int) -> str:
    degree = _part(element, "deg", depth)
    return rf"\sqrt{f'[{degree}]' if degree else ''}{{{_part(element, 'e', depth)}}}"


def _large(element: etree._Element, depth: int) -> str:
    """Sums and integrals; without a sign of its own it is an integral."""
    sign = _property(element, "chr", "∫")
    below, above = _part(element, "sub", depth), _part(element, "sup", depth)
    limits = (f"_{{{below}}}" if below else "") + (f"^{{{above}}}" if above else "")
    return f"{_SIGNS.get(sign, sign)}{limits} {_part(element, 'e', depth)}"


def _delimited(element: etree._Element, depth: int) -> str:
    begin, end = _property(element, "begChr", "("), _property(element, "endChr", ")")
    inner = _property(element, "sepChr", "|").join(_children(one, depth) for one in element.iterchildren("{*}e"))
    shown = {"{": r"\{", "}": r"\}", "": "."}
    return rf"\left{shown.get(begin, begin)} {inner.strip()} \right{shown.get(end, end)}"


def _function(element: etree._Element, depth: int) -> str:
    name = _part(element, "fName", depth)
    head, _, rest = name.partition("_")
    shown = "\\" + name if head.strip() in _FUNCTIONS or (name in _FUNCTIONS and not rest) else name
    return f"{shown} {_part(element, 'e', depth)}"


def _accent(element: etree._Element, depth: int) -> str:
    accent = _ACCENTS.get(_property(element, "chr", "\u0302"), r"\hat")
    return f"{accent}{{{_part(element, 'e', depth)}}}"


def _matrix(element: etree._Element, depth: int) -> str:
    rows = (
        " & ".join(_children(cell, depth).strip() for cell in row.iterchildren("{*}e"))
        for row in element.iterchildren("{*}mr")
    )
    return r"\begin{matrix} " + r" \\ ".join(rows) + r" \end{matrix}"


def _nothing(element: etree._Element, depth: int) -> str:  # noqa: ARG001 - as every writer
    return ""


_WRITERS: Mapping[str, Callable[[etree._Element, int], str]] = {
    "t": _text,
    "f": _fraction,
    "sSup": _scripted,
    "sSub": _scripted,
    "sSubSup": _scripted,
    "rad": _root,
    "nary": _large,
    "d": _delimited,
    "func": _function,
    "acc": _accent,
    "m": _matrix,
    **dict.fromkeys(("rPr", "ctrlPr", "fPr", "dPr", "naryPr", "radPr", "del", "instrText"), _nothing),
}

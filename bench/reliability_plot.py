"""Reliability plots as SVG: at each minScore, the share of what comes back that is relevant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_SIDE, _MARGIN, _GAP, _LEGEND = 220, 44, 56, 24
_COLOURS = ("#2563a8", "#c2571a", "#2f7d4f", "#8a3ea0", "#9b1c31", "#5b6470")


@dataclass(frozen=True, slots=True)
class Line:
    """`points`: thresholds with shares, both from 0 to 1."""

    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Panel:
    title: str
    lines: Sequence[Line]


def drawn(panels: Sequence[Panel]) -> str:
    """Panels side by side, a legend below. The dashed line is where the share is what minScore says."""
    width = 2 * _MARGIN + len(panels) * _SIDE + (len(panels) - 1) * _GAP
    height = 2 * _MARGIN + _SIDE + _LEGEND
    shape = f'viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="11" role="img"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {shape}><title>Share of relevant results at each minScore</title>',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    for number, panel in enumerate(panels):
        parts += _panel(panel, _MARGIN + number * (_SIDE + _GAP))
    for number, line in enumerate(panels[0].lines):
        x, y = _MARGIN + number * (width - 2 * _MARGIN) / len(panels[0].lines), height - _LEGEND / 2
        parts.append(f'<rect x="{x:.0f}" y="{y - 8:.0f}" width="10" height="10" fill="{_colour(number)}"/>')
        parts.append(f'<text x="{x + 15:.0f}" y="{y + 1:.0f}" fill="#222222">{escape(line.name)}</text>')
    return "\n".join([*parts, "</svg>\n"])


def _panel(panel: Panel, left: float) -> list[str]:
    def x(value: float) -> str:
        return f"{left + value * _SIDE:.1f}"

    def y(value: float) -> str:
        return f"{_MARGIN + (1 - value) * _SIDE:.1f}"

    grid = '<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="#dddddd"/>'
    parts = [f'<text x="{x(0)}" y="{_MARGIN - 14}" font-size="13" fill="#222222">{escape(panel.title)}</text>']
    for tenth in range(0, 11, 2):
        at = tenth / 10
        parts += [grid.format(x(at), y(0), x(at), y(1)), grid.format(x(0), y(at), x(1), y(at))]
        parts.append(
            f'<text x="{x(at)}" y="{_MARGIN + _SIDE + 15}" text-anchor="middle" fill="#555555">{at:.1f}</text>'
        )
        parts.append(f'<text x="{left - 6:.1f}" y="{y(at)}" text-anchor="end" fill="#555555">{at:.1f}</text>')
    parts.append(f'<line x1="{x(0)}" y1="{y(0)}" x2="{x(1)}" y2="{y(1)}" stroke="#888888" stroke-dasharray="4 3"/>')
    parts.append(f'<text x="{x(0.5)}" y="{_MARGIN + _SIDE + 30}" text-anchor="middle" fill="#555555">minScore</text>')
    for number, line in enumerate(panel.lines):
        points = " ".join(f"{x(threshold)},{y(share)}" for threshold, share in line.points)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{_colour(number)}" stroke-width="1.8"/>')
    return parts


def _colour(number: int) -> str:
    return _COLOURS[number % len(_COLOURS)]

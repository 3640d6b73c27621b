"""A small chart as SVG: a line over points that have names, with zero at its foot, so that a slope looks as steep as it is."""

from __future__ import annotations

from html import escape

WIDTH, HEIGHT = 720, 300
LEFT, RIGHT, TOP, FOOT = 60, 20, 40, 70


def line(title: str, unit: str, names: list[str], values: list[float]) -> str:
    """The chart; `values` are not negative."""
    top = max(values) * 1.15
    step = (WIDTH - LEFT - RIGHT) / max(1, len(values) - 1)

    def x(place: int) -> float:
        return LEFT + place * step

    def y(value: float) -> float:
        return HEIGHT - FOOT - value / top * (HEIGHT - TOP - FOOT)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" font-family="sans-serif" '
        f'font-size="12"><title>{escape(title)}</title>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{LEFT}" y="22" font-size="14" font-weight="bold" fill="#1a1a1a">{escape(title)}</text>',
    ]
    for number in range(5):
        value = top * number / 4
        parts.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(value):.1f}" y2="{y(value):.1f}" stroke="#d8d8d8"/>'
            f'<text x="{LEFT - 8}" y="{y(value) + 4:.1f}" text-anchor="end" fill="#444">{value:.2f}</text>'
        )
    points = " ".join(f"{x(place):.1f},{y(value):.1f}" for place, value in enumerate(values))
    parts.append(f'<polyline points="{points}" fill="none" stroke="#0b5cad" stroke-width="2"/>')
    for place, (name, value) in enumerate(zip(names, values)):
        anchor = "start" if place == 0 else "end" if place == len(values) - 1 else "middle"
        parts.append(
            f'<circle cx="{x(place):.1f}" cy="{y(value):.1f}" r="4" fill="#0b5cad"/>'
            f'<text x="{x(place):.1f}" y="{y(value) - 10:.1f}" text-anchor="{anchor}" fill="#1a1a1a">{value:.3f}</text>'
            # Every other name stands a line lower, so that neighbours do not run into each other.
            f'<text x="{x(place):.1f}" y="{HEIGHT - FOOT + 20 + place % 2 * 18}" text-anchor="{anchor}" fill="#1a1a1a">'
            f"{escape(name)}</text>"
        )
    parts.append(f'<text x="{LEFT}" y="{HEIGHT - 10}" fill="#444">{escape(unit)}</text></svg>')
    return "\n".join(parts) + "\n"

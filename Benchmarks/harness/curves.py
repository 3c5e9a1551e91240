"""The scaling curves as an SVG, written by hand: time a state and bytes a state over the number of states, both axes logarithmic.

In: rows with configuration, states, seconds and peakBytes. Out: the text of the SVG.
"""

from math import ceil, floor, log10

WIDTH, HEIGHT, LEFT, TOP, GAP = 440, 300, 70, 50, 90
COLOURS = ("#1b6ca8", "#c8553d", "#4f772d", "#7b4b94")
SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def chart(rows):
    labels = list(dict.fromkeys(r["configuration"] for r in rows))
    panels = (
        ("nanoseconds a state", lambda r: r["seconds"] / r["states"] * 1e9),
        ("bytes a state (peak of the whole process)", lambda r: r["peakBytes"] / r["states"]),
    )
    low, high = floor(log10(min(r["states"] for r in rows))), ceil(log10(max(r["states"] for r in rows)))
    wide, tall = LEFT + 2 * WIDTH + GAP + 30, TOP + HEIGHT + 60
    text = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{tall}" viewBox="0 0 {wide} {tall}" '
        'font-family="Helvetica, Arial, sans-serif" font-size="12">',
        f'<rect width="{wide}" height="{tall}" fill="white"/>',
    ]
    for number, (title, value) in enumerate(panels):
        text += panel(rows, labels, LEFT + number * (WIDTH + GAP), title, value, low, high)
    return "\n".join(text + ["</svg>", ""])


def panel(rows, labels, left, title, value, low, high):
    values = [value(r) for r in rows]
    bottom, top = floor(log10(min(values))), ceil(log10(max(values)))
    across = lambda n: left + (log10(n) - low) / (high - low) * WIDTH
    up = lambda v: TOP + HEIGHT - (log10(v) - bottom) / (top - bottom) * HEIGHT
    text = [f'<text x="{left}" y="{TOP - 24}" font-size="14" font-weight="bold">{title}</text>']
    for power in range(low, high + 1):
        x = across(10.0**power)
        text.append(f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{TOP + HEIGHT}" stroke="#ccc"/>')
        text.append(f'<text x="{x:.1f}" y="{TOP + HEIGHT + 18}" text-anchor="middle">10{str(power).translate(SUPERSCRIPT)}</text>')
    for power in range(bottom, top + 1):
        for step in (1, 2, 5) if power < top else (1,):
            grey = "#ccc" if step == 1 else "#eee"
            y = up(step * 10.0**power)
            text.append(f'<line x1="{left}" y1="{y:.1f}" x2="{left + WIDTH}" y2="{y:.1f}" stroke="{grey}"/>')
            text.append(f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{step * 10**power:g}</text>')
    text.append(f'<text x="{left + WIDTH / 2}" y="{TOP + HEIGHT + 40}" text-anchor="middle">states</text>')
    for number, label in enumerate(labels):
        colour = COLOURS[number % len(COLOURS)]
        points = [(across(r["states"]), up(value(r))) for r in rows if r["configuration"] == label]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        text.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{line}"/>')
        text += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in points]
        x, y = left + WIDTH - 130, TOP + 18 + 18 * number
        text.append(f'<line x1="{x}" y1="{y - 4}" x2="{x + 24}" y2="{y - 4}" stroke="{colour}" stroke-width="2"/>')
        text.append(f'<text x="{x + 30}" y="{y}">{label}</text>')
    return text

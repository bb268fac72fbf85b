"""The six ripples of the opening picture: one gold light a unit, lit from the middle outwards (look.md §1)."""

from __future__ import annotations

from dataclasses import dataclass

WEIGHTS = (9, 13, 17, 21, 25, 29)  # how long the ripples are beside each other; 114 units in the reference contest
SCENE = (98.0, 43.2, 1.0)  # the first ripple's half width, from one to the next, and how thick everything is
POSTER = (312.0, 46.0, 1.4)
FLAT = 0.402  # a ripple's height to its width, as water lies
TURN = 0.37  # of a light's distance, so that no two ripples line up
LINE, LIGHT = (2.2, 0.22), (7.0, 0.56)  # widths: on the first ripple, and how much thinner on each further one
CROWDED = 0.55  # a light is at most that much of the distance to the next


@dataclass(frozen=True)
class Ripple:
    """One ellipse as its template draws it: SVG attributes, ready as text (numbers there have points, never commas)."""

    lights: str  # empty where there is none
    rx: str
    ry: str
    line: str
    light: str
    turn: str
    lit: str


def ripples(units: int, lit: int, size: tuple[float, float, float] = SCENE) -> list[Ripple]:
    """Six ripples that bear ``units`` lights together, the first ``lit`` of them shining."""
    inner, step, thick = size
    drawn = []
    for index, lights in enumerate(shares(units)):
        shining = min(lights, lit)
        lit -= shining
        rx = inner + step * index
        apart = 2 * rx * (1 + FLAT) * 1.6 / max(lights, 1)  # roughly the ellipse's length over its lights
        drawn.append(
            Ripple(
                lights=str(lights or ""),
                rx=f"{rx:.1f}",
                ry=f"{rx * FLAT:.0f}",
                line=f"{thick * (LINE[0] - LINE[1] * index):.1f}",
                light=f"{min(thick * (LIGHT[0] - LIGHT[1] * index), apart * CROWDED):.1f}",
                turn=f"{-TURN * index:.2f}",
                lit=dashes(lights, shining),
            )
        )
    return drawn


def shares(units: int) -> list[int]:
    """``units`` dealt to the six ripples by their length: largest remainders, the whole always kept."""
    whole = sum(WEIGHTS)
    dealt = [units * weight // whole for weight in WEIGHTS]
    rest = sorted(range(len(WEIGHTS)), key=lambda i: (-(units * WEIGHTS[i] % whole), -i))
    for index in rest[: units - sum(dealt)]:
        dealt[index] += 1
    return dealt


def dashes(lights: int, shining: int) -> str:
    """A stroke-dasharray: the first ``shining`` of ``lights`` round dots, on a path whose pathLength is ``lights``."""
    if shining in {0, lights}:
        return "0 1" if shining else ""
    return "0 1 " * (shining - 1) + f"0 {lights - shining + 1}"

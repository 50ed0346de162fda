"""The colours: what each ink looks like in the light, the dark and the terminal's own theme."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from rich.style import Style
from textual.theme import Theme

DARK, LIGHT, TERMINAL = "gradtutor-dark", "gradtutor-light", "gradtutor-terminal"
ORDER = (DARK, LIGHT, TERMINAL)
LABELS = {DARK: "dark", LIGHT: "light", TERMINAL: "the terminal's own colours"}


@dataclass(frozen=True, slots=True)
class Palette:
    """The few colours that a theme is made of."""

    text: str
    dim: str
    ground: str
    current: str
    raised: str
    amber: str
    blue: str
    green: str
    red: str
    violet: str
    teal: str
    cold: str
    hot: str


_DARK = Palette(
    text="#d6dae1",
    dim="#848d9b",
    ground="#14171c",
    current="#29303b",
    raised="#4a2328",
    amber="#e8b866",
    blue="#82aee6",
    green="#9fcb83",
    red="#ee828b",
    violet="#bd9fe0",
    teal="#76c7b7",
    cold="#3f7fd6",
    hot="#e08a2e",
)
_LIGHT = Palette(
    text="#2a2e35",
    dim="#666c77",
    ground="#fbfaf6",
    current="#ebe5d3",
    raised="#f6d9d6",
    amber="#8f5300",
    blue="#1f5c9f",
    green="#3a6f1b",
    red="#ad241c",
    violet="#733a99",
    teal="#0d6b63",
    cold="#3f7fd6",
    hot="#e08a2e",
)

# What each ink is made of: a colour of the palette, a ground, and letters for bold, underline,
# reverse, italic. Meaning that must survive without colour has a sign or a letter of its own.
_INKS: dict[str, tuple[str, str, str]] = {
    "text": ("text", "", ""),
    "dim": ("dim", "", ""),
    "strong": ("text", "", "b"),
    "title": ("text", "", "b"),
    "code": ("teal", "", ""),
    "name": ("blue", "", ""),
    "pointer": ("amber", "", "b"),
    "changed": ("amber", "", "b"),
    "written": ("amber", "", "b"),
    "differs": ("amber", "", "bu"),
    "good": ("green", "", "b"),
    "bad": ("red", "", "b"),
    "quote": ("violet", "", "i"),
    "box": ("text", "", ""),
    "wire": ("dim", "", ""),
    "keyword": ("violet", "", ""),
    "string": ("green", "", ""),
    "comment": ("dim", "", "i"),
    "number": ("teal", "", ""),
    "operator": ("text", "", ""),
    "function": ("blue", "", "b"),
    "builtin": ("blue", "", ""),
    "lineno": ("dim", "", ""),
    "past": ("amber", "", ""),
    "ahead": ("dim", "", ""),
    "here": ("amber", "", "br"),
    "key": ("amber", "", "b"),
    "picked": ("text", "current", "b"),
    "tab": ("dim", "", ""),
    "tab-on": ("amber", "", "bu"),
    "current": ("", "current", ""),
    "raised": ("", "raised", ""),
}
_ANSI = {
    "text": "",
    "amber": "yellow",
    "blue": "blue",
    "green": "green",
    "red": "red",
    "violet": "magenta",
    "teal": "cyan",
}


def themes() -> tuple[Theme, ...]:
    """Return the three themes that Textual is told of."""
    return (
        _theme(DARK, _DARK, dark=True),
        _theme(LIGHT, _LIGHT, dark=False),
        _terminal_theme(),
    )


def _theme(name: str, palette: Palette, dark: bool) -> Theme:
    return Theme(
        name=name,
        dark=dark,
        primary=palette.blue,
        secondary=palette.teal,
        accent=palette.amber,
        warning=palette.amber,
        error=palette.red,
        success=palette.green,
        foreground=palette.text,
        background=palette.ground,
        surface=palette.ground,
        panel=palette.current,
        variables={"line": palette.dim, "focus": palette.amber},
    )


def _terminal_theme() -> Theme:
    from textual.theme import BUILTIN_THEMES

    base = BUILTIN_THEMES["ansi-dark"]
    return Theme(
        name=TERMINAL,
        ansi=True,
        dark=True,
        primary="ansi_blue",
        secondary="ansi_cyan",
        accent="ansi_yellow",
        warning="ansi_yellow",
        error="ansi_red",
        success="ansi_green",
        foreground="ansi_default",
        background="ansi_default",
        surface="ansi_default",
        panel="ansi_default",
        boost="ansi_default",
        variables={**base.variables, "line": "ansi_default", "focus": "ansi_yellow"},
    )


@lru_cache(maxsize=512)
def style(theme: str, ink: str) -> Style:
    """Return the style of an ink, without a background unless the ink is one."""
    if ink.startswith("heat"):
        return _heat(theme, int(ink.removeprefix("heat")))
    colour, ground, letters = _INKS.get(ink, ("text", "", ""))
    if theme == TERMINAL:
        return _ansi(colour, ground, letters)
    palette = _LIGHT if theme == LIGHT else _DARK
    return _made(
        getattr(palette, colour) if colour else None,
        getattr(palette, ground) if ground else None,
        letters,
    )


def _made(colour: str | None, ground: str | None, letters: str, dim: bool = False) -> Style:
    return Style(
        color=colour,
        bgcolor=ground,
        bold="b" in letters or None,
        underline="u" in letters or None,
        reverse="r" in letters or None,
        italic="i" in letters or None,
        dim=dim or None,
    )


def _ansi(colour: str, ground: str, letters: str) -> Style:
    """Return an ink in the terminal's own colours: a ground becomes bold."""
    return _made(
        _ANSI.get(colour) or None, None, letters + ("b" if ground else ""), colour == "dim"
    )


def _heat(theme: str, level: int) -> Style:
    """Return the field of a heatmap: cold below zero, hot above, the ground at zero."""
    if theme == TERMINAL:
        return Style(color="blue" if level < 0 else "yellow" if level > 0 else None)
    palette = _LIGHT if theme == LIGHT else _DARK
    share = min(1.0, abs(level) / 9)
    end = palette.cold if level < 0 else palette.hot
    colour = _mix(palette.ground, end, share * 0.95 + 0.05)
    return Style(color=colour, bgcolor=colour)


def _mix(first: str, second: str, share: float) -> str:
    pairs = ((int(first[i : i + 2], 16), int(second[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)

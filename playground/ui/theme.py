"""Colours, type sizes and the palette, light and dark: the one place where a colour is written down.

Colours of series and families are those of the field's colour-blind safe sets; every text colour keeps a contrast
of 4.5:1 on its ground (tests/ui/test_theme.py computes it by WCAG 2.1's formula).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from playground.app.assets import asset

FAMILY = {
    "input/output": "#5B6770",
    "dense": "#4C78A8",
    "convolution": "#2A9D8F",
    "pooling": "#8AB17D",
    "normalisation": "#9A8C98",
    "activation": "#E9A03B",
    "merge": "#B56576",
    "recurrent": "#7B61A8",
    "attention": "#9B4F96",
    "shape": "#A0A7AD",
    "text": "#7A6A4F",
    "": "#A0A7AD",
}
"""The bar on a card; always beside the layer's name, never alone."""


@dataclass(frozen=True)
class Theme:
    """All colours of one look, as #RRGGBB."""

    name: str
    window: str
    panel: str
    card: str
    button: str
    """Ground of buttons and inputs."""
    text: str
    muted: str
    border: str
    edge: str
    grid: str
    accent: str
    on_accent: str
    error: str
    warning: str
    good: str
    good_ground: str
    train: str
    valid: str
    baseline: str
    negative: str
    """Orange end of the diverging scale."""
    neutral: str
    positive: str
    """Blue end of the diverging scale."""
    family: Mapping[str, str] = field(default_factory=lambda: FAMILY)

    def color(self, name: str) -> QColor:
        """One of the fields above as a QColor."""
        return QColor(getattr(self, name))


LIGHT = Theme(
    "light", window="#F4F6F8", panel="#FFFFFF", card="#FFFFFF", button="#EEF1F4", text="#1C2733", muted="#5A6572",
    border="#DDE3E9", edge="#98A2AD", grid="#D9DFE5", accent="#1F66C7", on_accent="#FFFFFF", error="#C22F3D",
    warning="#9A5B00", good="#1B6B3A", good_ground="#EAF5EC", train="#1F66C7", valid="#D9730D", baseline="#5F6873",
    negative="#D9730D", neutral="#F3F3F1", positive="#1F66C7",
)  # fmt: skip
DARK = Theme(
    "dark", window="#15191E", panel="#1C2127", card="#262C33", button="#2C333B", text="#E8ECF0", muted="#A3AEBA",
    border="#353D46", edge="#7D8894", grid="#2C333B", accent="#4A90F0", on_accent="#0B1016", error="#FF8088",
    warning="#F0B45A", good="#7FD09B", good_ground="#1E3327", train="#5B9DF5", valid="#F2994A", baseline="#A7B0BA",
    negative="#F2994A", neutral="#2A2F35", positive="#5B9DF5",
)  # fmt: skip
THEMES = {"light": LIGHT, "dark": DARK}
CLASSES = {
    "light": ("#1B7F4D", "#8546B8", "#B8305F", "#0B7F92", "#7A5230", "#7F7300", "#5F6873"),
    "dark": ("#5CC98F", "#BB8AEB", "#F0719C", "#4FC3D6", "#C79A6F", "#CFC04A", "#A7B0BA"),
}
"""Classes of points after the first two, which are the ends of the diverging scale; each has a form of its own too."""

TABS = 1.15
"""How much larger the names of tabs become at most: nine of them share half a projector's width."""
TITLE, BODY, NOTE = 15.0, 12.0, 10.5
"""The three sizes of type, in points at 72 dots an inch; pixels of the same number, since screens vary."""


def palette(theme: Theme) -> QPalette:
    """Qt's palette for a theme."""
    made = QPalette()
    roles = {
        QPalette.ColorRole.Window: theme.window,
        QPalette.ColorRole.WindowText: theme.text,
        QPalette.ColorRole.Base: theme.panel,
        QPalette.ColorRole.AlternateBase: theme.window,
        QPalette.ColorRole.Text: theme.text,
        QPalette.ColorRole.PlaceholderText: theme.muted,
        QPalette.ColorRole.Button: theme.button,
        QPalette.ColorRole.ButtonText: theme.text,
        QPalette.ColorRole.Highlight: theme.accent,
        QPalette.ColorRole.HighlightedText: theme.on_accent,
        QPalette.ColorRole.ToolTipBase: theme.card,
        QPalette.ColorRole.ToolTipText: theme.text,
        QPalette.ColorRole.Mid: theme.border,
        QPalette.ColorRole.Link: theme.accent,
    }
    for role, color in roles.items():
        made.setColor(role, QColor(color))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.muted))
    return made


def style_sheet(theme: Theme, scale: float = 1.0) -> str:
    """The little that Fusion's palette does not say; scale enlarges all type."""
    title, note = TITLE * scale, NOTE * scale
    return f"""
    QToolTip {{ color: {theme.text}; background: {theme.card}; border: 1px solid {theme.border}; padding: 4px; }}
    QDockWidget {{ color: {theme.text}; }}
    QMainWindow::separator {{ background: {theme.border}; width: 1px; height: 1px; }}
    QSplitter::handle:horizontal {{ background: {theme.border}; width: 1px; margin: 0 2px; }}
    QSplitter::handle:vertical {{ background: {theme.border}; height: 1px; margin: 2px 0; }}
    *[role="title"] {{ font-size: {title}px; font-weight: 600; }}
    *[role="heading"] {{ color: {theme.muted}; font-size: {note}px; font-weight: 600; letter-spacing: 0.5px; }}
    *[role="note"] {{ color: {theme.muted}; font-size: {note}px; }}
    *[role="chip"] {{ color: {theme.good}; background: {theme.good_ground}; font-size: {note}px; font-weight: 600;
        border-radius: 9px; padding: 2px 9px; }}
    *[role="error"] {{ color: {theme.error}; }}
    QCheckBox {{ spacing: 5px; padding-right: 8px; }}
    QCheckBox::indicator {{ width: {12 * scale:.0f}px; height: {12 * scale:.0f}px; border: 1px solid {theme.edge};
        border-radius: 3px; background: {theme.panel}; }}
    QCheckBox::indicator:checked {{ background: {theme.accent}; border-color: {theme.accent};
        image: url({asset("icons", f"tick-{theme.name}.svg").as_posix()}); }}
    QCheckBox::indicator:disabled {{ border-color: {theme.border}; background: {theme.button}; }}
    QCheckBox:focus {{ color: {theme.accent}; }}
    QLineEdit, QSpinBox, QComboBox {{ min-height: {22 * scale:.0f}px; }}
    QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
    QScrollBar::handle:vertical {{ background: {theme.edge}; border-radius: 3px; margin: 2px; min-height: 24px; }}
    QScrollBar::handle:vertical:disabled {{ background: transparent; }}
    QScrollBar::add-line:vertical, QScrollBar::sub-line:vertical {{ height: 0; }}
    QScrollBar::add-page:vertical, QScrollBar::sub-page:vertical {{ background: transparent; }}
    QTabWidget::pane {{ border: none; }}
    QTabBar {{ qproperty-drawBase: 0; background: {theme.panel}; font-size: {BODY * min(scale, TABS):.0f}px; }}
    QTabBar::tab {{ color: {theme.muted}; background: transparent; padding: 6px {10 if scale == 1 else 6}px;
        border: none; border-bottom: 2px solid transparent; }}
    QTabBar::tab:selected {{ color: {theme.accent}; font-weight: 600; border-bottom: 2px solid {theme.accent}; }}
    QTabBar::tab:hover {{ color: {theme.text}; }}
    #place {{ background: {theme.panel}; }}
    QScrollArea, QListWidget {{ background: {theme.panel}; border: none; }}
    QToolBar {{ background: {theme.panel}; border: none; border-bottom: 1px solid {theme.border}; spacing: 0; }}
    QMenuBar {{ background: {theme.panel}; }}
    QStatusBar {{ background: {theme.panel}; border-top: 1px solid {theme.border}; }}
    QPushButton[role="primary"] {{ background: {theme.accent}; color: {theme.on_accent}; border: none;
        border-radius: 6px; padding: 6px 14px; font-weight: 600; }}
    QPushButton[role="primary"]:hover {{ background: {QColor(theme.accent).darker(110).name()}; }}
    QPushButton[role="primary"]:disabled {{ background: {theme.button}; color: {theme.muted}; }}
    """


_now: tuple[Theme, float] = (LIGHT, 1.0)
"""What was applied last. Whoever draws asks for it hundreds of times a frame; Qt's properties take 10 µs."""


def apply(app: QApplication, theme: Theme, scale: float = 1.0) -> None:
    """Give the whole program a look. Widgets that draw themselves read theme_of() when they paint."""
    global _now
    _now = theme, scale
    if (app.property("theme"), app.property("scale")) == (theme.name, scale):
        return  # new widgets take it by themselves; to polish the others anew takes a third of a second
    if app.property("theme") is None:  # once: Qt replaces a style by polishing every widget there ever was anew
        app.setStyle("Fusion")
    app.setProperty("theme", theme.name)
    app.setProperty("scale", scale)
    app.setPalette(palette(theme))
    font = QFont(app.font())
    font.setPixelSize(round(BODY * scale))
    app.setStyleSheet("")  # with a sheet in place, the font would not reach the widgets there are
    app.setFont(font)
    app.setStyleSheet(style_sheet(theme, scale))


def theme_of() -> Theme:
    """The look the program has now."""
    return _now[0]


def sized(size: float) -> int:
    """One of the sizes of type in pixels, larger in presentation mode: for what is painted by hand."""
    return round(size * enlargement())


def enlargement() -> float:
    """How much larger than usual type is now: 1, but in presentation mode."""
    return _now[1]

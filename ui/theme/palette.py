"""Every colour of the window. Colour always means something; the comments say what."""

from app.immutable import immutable


@immutable
class Palette:
    """`#rrggbb` values, one per meaning."""

    is_dark: bool
    canvas: str
    """Behind the transcript."""
    surface: str
    """Cards and fields."""
    sidebar: str
    raised: str
    """Buttons, the selected row."""
    hover: str
    line: str
    line_soft: str
    """Rules inside a card."""
    text: str
    muted: str
    faint: str
    """Never the only carrier of a fact."""
    accent: str
    """What a click does; the person speaking."""
    accent_soft: str
    on_accent: str
    claude: str
    """The model speaking; the streaming caret."""
    cache_read: str
    """Read from cache; valid; ready."""
    cache_read_soft: str
    cache_write: str
    """Written to cache; a caution."""
    cache_write_soft: str
    tool: str
    tool_soft: str
    error: str
    error_soft: str
    selection: str
    code_keyword: str
    """In code, on `surface`; so are the following."""
    code_string: str
    code_comment: str
    code_number: str
    """Numbers and other constants."""
    code_function: str
    code_type: str
    """Types, and names of properties."""


LIGHT = Palette(
    is_dark=False,
    canvas="#FBFAF7",
    surface="#FFFFFF",
    sidebar="#F3F1EC",
    raised="#FFFFFF",
    hover="#EAE7E0",
    line="#E4E0D8",
    line_soft="#EFECE5",
    text="#1F1D1A",
    muted="#6E6A61",
    faint="#9C978C",
    accent="#2C5FA8",
    accent_soft="#E7EEF8",
    on_accent="#FFFFFF",
    claude="#B3552F",
    cache_read="#2F8F5B",
    cache_read_soft="#E3F3EA",
    cache_write="#C08415",
    cache_write_soft="#FBF0D9",
    tool="#6F57B5",
    tool_soft="#EFEAF9",
    error="#BF3A37",
    error_soft="#FBE7E5",
    selection="#BBD3F2",
    code_keyword="#8A3B8F",
    code_string="#2A7442",
    code_comment="#6E6A61",
    code_number="#9A5410",
    code_function="#2C5FA8",
    code_type="#146C74",
)

DARK = Palette(
    is_dark=True,
    canvas="#191816",
    surface="#201F1C",
    sidebar="#151412",
    raised="#262421",
    hover="#2B2926",
    line="#34322D",
    line_soft="#2A2825",
    text="#ECE9E3",
    muted="#A09B90",
    faint="#726E65",
    accent="#7FA9E6",
    accent_soft="#22304A",
    on_accent="#151412",
    claude="#E08B63",
    cache_read="#63C48F",
    cache_read_soft="#1D3328",
    cache_write="#E0AE4B",
    cache_write_soft="#3A2F17",
    tool="#A994E8",
    tool_soft="#2C2642",
    error="#EE7F78",
    error_soft="#42211F",
    selection="#35507D",
    code_keyword="#CFA3E3",
    code_string="#8FCB9B",
    code_comment="#A09B90",
    code_number="#E0AE6B",
    code_function="#8DB4EC",
    code_type="#74C3C6",
)

"""Names that strangers gave: of files, of pages."""

import re
from typing import Final

_ACTING: Final = re.compile("[\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def visible(name: str) -> str:
    """The name with a sign in place of every character that would act without being seen, such as turning its end."""
    return _ACTING.sub("\u25a1", name)

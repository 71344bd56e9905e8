"""One thing that the API would refuse in a conversation, and what would mend it."""

from collections.abc import Mapping

from app.domain.request import Setup
from app.immutable import NOTHING, immutable


@immutable
class Finding:
    message: str
    """The id of the message that it is in; empty: it is in the setup."""
    reason: str
    """A sentence that names the message and says what is wrong with it."""
    fix: str
    """What the fix does, in a few words."""
    omits: Mapping[str, tuple[int, ...]] = NOTHING
    """The fix: these blocks, by message and place, are sent no longer."""
    setup: Setup | None = None
    """The fix: this in place of the present setup."""

"""The places of what is attached, as values: needed from the start, as the widgets are not."""

from typing import TYPE_CHECKING

from app.immutable import immutable

if TYPE_CHECKING:
    from app.domain.attachments import Attachment


@immutable
class Slot:
    """A place among the attachments: being read, refused, or there."""

    id: str
    name: str
    attachment: "Attachment | None" = None
    problem: str = ""
    """Why it cannot be attached, as a sentence."""

    @property
    def is_coming(self) -> bool:
        return self.attachment is None and not self.problem

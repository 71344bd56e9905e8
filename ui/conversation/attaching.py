"""What is attached to the next message: read aside, made fit for the model that will see it, kept with the draft."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from PySide6.QtCore import QMimeData, QObject, Signal

from app.domain.attachments import Attachment, pictures_in
from app.domain.blocks import DocumentBlock
from app.domain.models import ModelEntry
from app.domain.pictures import MANY_PICTURES
from app.errors import DuologueError
from app.services.identity import new_id
from ui.bridge.tasks import TaskScope
from ui.composer.slots import Slot
from ui.conversation.session import Session
from ui.widgets.error_text import sentence

if TYPE_CHECKING:
    from ui.composer.given import Given

PASTED: Final = "pasted.txt"
ASK_FROM: Final = 21
"""So many files at once are attached only after a question."""


Box = tuple[int, int, int, int]
"""Left, top, right and bottom, in pixels of the picture as it is sent."""


class Fitting(Protocol):
    """What makes files fit for a model. Everything may raise MediaRefused; see `app.media.fitting`."""

    async def attach_file(self, path: Path, model: ModelEntry, pictures: int) -> Attachment: ...

    async def attach_data(self, name: str, data: bytes, model: ModelEntry, pictures: int) -> Attachment: ...

    async def refit(self, attachment: Attachment, model: ModelEntry, pictures: int) -> Attachment: ...

    async def edited(
        self, attachment: Attachment, model: ModelEntry, pictures: int, crop: Box | None, cover: Sequence[Box]
    ) -> Attachment: ...


class AttachingView(Protocol):
    """Whoever shows sessions."""

    @property
    def session(self) -> Session:
        """What is on the page."""

    def attachments_changed(self, session: Session) -> None:
        """To be shown, and kept with the draft."""


Bring = Callable[[Fitting, ModelEntry, int], Awaitable[Attachment]]
"""Brings one attachment, for a model and a number of pictures."""


class Attaching(QObject):
    """Takes files, pictures and addresses for the conversation on the page.

    Signals:
        confirm_wanted: ask before; args: the question, the word for yes, and a callable to call then.
        changed: what is attached in the conversation on the page is another.
    """

    confirm_wanted = Signal(str, str, object)
    changed = Signal()

    def __init__(
        self,
        view: AttachingView,
        tasks: TaskScope,
        fitting: Callable[[], Fitting],
        model_of: Callable[[Session], ModelEntry],
        fetch: Callable[[str], Awaitable[bytes]],
        parent: QObject,
    ) -> None:
        """`fitting` is made when it is first asked for; `fetch` brings what stands at an address of the web."""
        super().__init__(parent)
        self._view = view
        self._tasks = tasks
        self._fitting = fitting
        self._model_of = model_of
        self._fetch = fetch

    # ---- what the person gives

    def take(self, source: QMimeData) -> None:
        """Attach what was dropped or pasted."""
        from ui.composer.given import given

        self.take_given(given(source))

    def offer_text(self, text: str) -> None:
        """Attach a text as a file, after a question: it is too long to be read in a field."""
        session = self._view.session
        bring = partial(_data, PASTED, text.encode("utf-8", "replace"))
        question = f"Attach the {len(text):,} pasted characters as a file? “Cancel” leaves them on the clipboard."
        self.confirm_wanted.emit(question, "Attach", partial(self._begin, session, [(PASTED, bring)]))

    def take_given(self, some: "Given") -> None:
        """Attach files and pictures, after a question where they are many; fetch what is on the web after one, too."""
        session = self._view.session
        bringers: list[tuple[str, Bring]] = [(Path(path).name, partial(_file, path)) for path in some.paths]
        bringers += [(name, partial(_data, name, data)) for name, data in some.pictures]
        if len(bringers) >= ASK_FROM:
            most = int(self._model_of(session).vision.get("max_images_per_request") or 100)
            shown = f"{len(bringers):,} files" + (f", of which the first {most:,} fit" if len(bringers) > most else "")
            go_on = partial(self._begin, session, bringers[:most])
            self.confirm_wanted.emit(f"Attach {shown}?", "Attach", go_on)
        elif bringers:
            self._begin(session, bringers)
        for address in some.addresses[:1]:
            host = address.split("/")[2].rpartition("@")[2]
            question = f"Fetch the picture from {host}? Its owner sees that someone at your address did."
            name = address.partition("?")[0].rpartition("/")[2]
            self.confirm_wanted.emit(
                question, "Fetch", partial(self._begin, session, [(name, partial(self._fetched, name, address))])
            )

    async def _fetched(self, name: str, address: str, fitting: Fitting, model: ModelEntry, count: int) -> Attachment:
        return await fitting.attach_data(name, await self._fetch(address), model, count)

    # ---- what the person does with them

    def remove(self, id_: str) -> None:
        """Take one away; what is still being read is given up."""
        session = self._view.session
        self._tasks.cancel(f"attach {id_}")
        session.slots = tuple(each for each in session.slots if each.id != id_)
        self._changed(session)

    def move(self, id_: str, place: int) -> None:
        """Give one another place among the others."""
        session = self._view.session
        slots = list(session.slots)
        at = next((at for at, each in enumerate(slots) if each.id == id_), None)
        if at is not None and 0 <= place < len(slots):
            slots.insert(place, slots.pop(at))
            session.slots = tuple(slots)
            self._changed(session)

    def cite(self, cited: bool) -> None:
        """Let all documents be cited, or none: the service takes no mixture."""
        session = self._view.session
        session.slots = tuple(
            replace(each, attachment=each.attachment.cited(cited)) if each.attachment is not None else each
            for each in session.slots
        )
        self._changed(session)

    def describe(self, id_: str, alt: str) -> None:
        """Say what a picture shows, for those who do not see it. It is kept, and not sent."""
        found = self._find(id_)
        if found is not None:
            self.put(self._view.session, found.with_alt(alt))

    def edit(self, id_: str, crop: Box | None, cover: Sequence[Box]) -> None:
        """Paint over and cut a picture: what was there before is kept nowhere."""
        session, found = self._view.session, self._find(id_)
        if found is not None:
            self._tasks.start(f"attach {id_}", partial(self._edit, session, found, crop, cover))

    async def _edit(self, session: Session, found: Attachment, crop: Box | None, cover: Sequence[Box]) -> None:
        model, count = self._model_of(session), max(1, self._count(session))
        made = await self._fitting().edited(found, model, count, crop, cover)
        session.fitted_for[found.id] = ((model.id, count > MANY_PICTURES), made.block.source)
        self.put(session, made)

    def _find(self, id_: str) -> Attachment | None:
        return next((each.attachment for each in self._view.session.slots if each.id == id_), None)

    def put(self, session: Session, attachment: Attachment) -> None:
        """Put a changed one in the place of the one with its id."""
        session.slots = tuple(
            replace(each, attachment=attachment) if each.id == attachment.id else each for each in session.slots
        )
        self._changed(session)

    # ---- what happens meanwhile

    def follow_draft(self, session: Session) -> None:
        """The draft is another, from the disk or from a message: show what is attached to it, and make it fit."""
        session.slots = reconciled(session.slots, session.draft.attachments)
        self.recheck(session)

    def recheck(self, session: Session) -> None:
        """The model, the number of pictures or what is attached is another: make everything fit for that."""
        model, count = self._model_of(session), self._count(session)
        terms = (model.id, count > MANY_PICTURES)
        for slot in session.slots:
            attachment = slot.attachment
            if attachment is None:
                continue
            if session.fitted_for.get(slot.id) != (terms, attachment.block.source) or not _is_seen(attachment):
                session.fitted_for[slot.id] = (terms, attachment.block.source)
                self._tasks.start(f"attach {slot.id}", partial(self._refit, session, slot.id, attachment, terms))

    async def _refit(self, session: Session, id_: str, attachment: Attachment, terms: tuple[str, bool]) -> None:
        model = self._model_of(session)
        try:
            made = await self._fitting().refit(attachment, model, max(1, self._count(session)))
        except DuologueError as error:
            self._settle(session, id_, attachment, sentence(error).headline)
            return
        session.fitted_for[id_] = (terms, made.block.source)
        if made != attachment:
            self._settle(session, id_, made, "")

    def _begin(self, session: Session, bringers: Sequence[tuple[str, Bring]]) -> None:
        slots = [(Slot(new_id(), name), bring) for name, bring in bringers]
        session.slots = (*session.slots, *(slot for slot, _ in slots))
        self._view.attachments_changed(session)
        for slot, bring in slots:
            self._tasks.start(f"attach {slot.id}", partial(self._bring, session, slot, bring))

    async def _bring(self, session: Session, slot: Slot, bring: Bring) -> None:
        model, count = self._model_of(session), max(1, self._count(session))
        try:
            made = replace(await bring(self._fitting(), model, count), id=slot.id)
        except DuologueError as error:
            self._settle(session, slot.id, None, sentence(error).headline)
            return
        cited = _are_cited(session)
        session.fitted_for[slot.id] = ((model.id, count > MANY_PICTURES), made.block.source)
        self._settle(session, slot.id, made.cited(cited) if cited else made, "")
        self.recheck(session)

    def _settle(self, session: Session, id_: str, attachment: Attachment | None, problem: str) -> None:
        session.slots = tuple(
            Slot(id_, each.name, attachment, problem) if each.id == id_ else each for each in session.slots
        )
        self._changed(session)

    def _changed(self, session: Session) -> None:
        there = tuple(each.attachment for each in session.slots if each.attachment is not None)
        session.draft = replace(session.draft, attachments=there)
        self._view.attachments_changed(session)
        self.changed.emit()

    def _count(self, session: Session) -> int:
        """Pictures that the request will have: those of the path, and those that are attached or may become one."""
        replaced = session.resend_of
        path = session.conversation.path
        if replaced is not None:
            ids = [each.id for each in path]
            path = path[: ids.index(replaced)] if replaced in ids else path
        coming = sum(
            each.is_coming or (each.attachment is not None and each.attachment.is_picture) for each in session.slots
        )
        return pictures_in(block for message in path for block in message.blocks) + coming


def reconciled(slots: Sequence[Slot], attachments: Iterable[Attachment]) -> tuple[Slot, ...]:
    """The slots as a draft's attachments have them, which came from elsewhere; what is being read stays."""
    there = {each.id: each for each in attachments}
    kept = [
        replace(each, attachment=there.pop(each.id)) if each.id in there else each
        for each in slots
        if each.id in there or each.is_coming
    ]
    return (*kept, *(Slot(each.id, each.name, each) for each in there.values()))


def _are_cited(session: Session) -> bool:
    """Whether documents of this conversation are cited: what is attached next follows."""
    blocks = [each.attachment.block for each in session.slots if each.attachment is not None]
    blocks += [block for message in session.conversation.path for block in message.blocks]  # type: ignore[misc]
    documents = [each for each in blocks if isinstance(each, DocumentBlock)]
    return any(bool((each.citations or {}).get("enabled")) for each in documents)


def _may_be_picture(slot: Slot) -> bool:
    return slot.is_coming or (slot.attachment is not None and slot.attachment.is_picture)


def _is_seen(attachment: Attachment) -> bool:
    """It has a thumbnail, where it can have one."""
    return bool(attachment.thumbnail) or not attachment.is_picture


async def _file(path: str, fitting: Fitting, model: ModelEntry, count: int) -> Attachment:
    return await fitting.attach_file(Path(path), model, count)


async def _data(name: str, data: bytes, fitting: Fitting, model: ModelEntry, count: int) -> Attachment:
    return await fitting.attach_data(name, data, model, count)

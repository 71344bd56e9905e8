"""Which block of a conversation each block of a prompt is: a request leaves some out, and numbers the rest anew."""

from app.domain.caching import Breakpoint, Section
from app.domain.conversation import Conversation
from app.domain.planning.prompt import Prompt
from app.immutable import immutable


@immutable
class Owner:
    mark: Breakpoint
    """As the setup's cache plan names the block: tools and system blocks by place, messages by place on the path."""
    message_id: str = ""
    """Empty for tools and system blocks."""


def owners(prompt: Prompt, conversation: Conversation) -> list[Owner | None]:
    """One for each block; None for one that is not of the conversation as it stands: a draft, a prefill."""
    setup = conversation.setup
    system = [Owner(Breakpoint(Section.SYSTEM, at)) for at, block in enumerate(setup.system) if block.text.strip()]
    found: list[Owner | None] = [Owner(Breakpoint(Section.TOOLS, at)) for at in range(len(setup.tools))]
    found += system
    known = {
        id(block): Owner(Breakpoint(Section.MESSAGES, index, at), message.id)
        for index, message in enumerate(conversation.path)
        for at, block in enumerate(message.blocks)
    }
    return found + [known.get(id(each.block)) for each in prompt.blocks[len(found) :]]

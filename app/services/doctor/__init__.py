"""What the API would refuse in a conversation, found before it is asked; each with a fix.

A fix changes no message: it keeps blocks out of the context, or changes the setup. So it is taken back by putting back
what was kept out, and nothing is ever lost.
"""

from app.domain.findings import Finding
from app.services.doctor.examining import cured, cured_wholly, examine

__all__ = ["Finding", "cured", "cured_wholly", "examine"]

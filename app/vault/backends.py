"""Which of the system's keyrings we use, and which we refuse."""

from typing import Protocol

from app.errors import VaultAbsent, VaultUntrusted

TRUSTED = {
    "keyring.backends.SecretService": "Secret Service",
    "keyring.backends.libsecret": "Secret Service",
    "keyring.backends.kwallet": "KWallet",
    "keyring.backends.macOS": "macOS Keychain",
    "keyring.backends.Windows": "Windows Credential Manager",
}
"""Module → the name that a person knows. Others keep keys in plain text, or nowhere."""


class Backend(Protocol):
    """What a keyring must do. It may block for ever and raise anything."""

    def get_password(self, service: str, username: str) -> str | None: ...

    def set_password(self, service: str, username: str, password: str) -> None: ...

    def delete_password(self, service: str, username: str) -> None: ...


def chosen_backend() -> tuple[Backend, str]:
    """The system's keyring and its name. Imports `keyring`, which takes up to 0.7 s: never on the GUI thread.

    Raises:
        VaultAbsent: the system has none.
        VaultUntrusted: it has one that keeps keys readable by others, or loses them.
    """
    try:
        import keyring
        import keyring.backends.fail

        found = keyring.get_keyring()
    except Exception as error:
        raise VaultAbsent("", f"the keyring could not be loaded: {type(error).__name__}") from error
    candidates = list(getattr(found, "backends", ())) or [found]
    for backend in candidates:
        name = TRUSTED.get(type(backend).__module__)
        if name is not None:
            return backend, name
    if isinstance(found, keyring.backends.fail.Keyring):
        raise VaultAbsent("", "this system offers no keyring")
    raise VaultUntrusted(f"{type(found).__module__}.{type(found).__qualname__}", "it does not keep keys secret")

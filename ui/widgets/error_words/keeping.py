"""Words for what goes wrong where things are kept: the database, the keyring, the settings."""

from collections.abc import Callable, Mapping

from ui.widgets.error_words.saying import PARTIAL, UNCHANGED, UNSENT, ErrorText, Facts, joined, said


def _store_error(known: Facts) -> ErrorText:
    return ErrorText(
        joined("The database could not do that.", said(known)), UNCHANGED, "Try again; if it stays, restart Duologue."
    )


def _store_too_new(known: Facts) -> ErrorText:
    return ErrorText(
        f"A newer Duologue wrote this database (version {known.get('found', '?')}; this one knows "
        f"{known.get('known', '?')}).",
        UNCHANGED,
        "Update Duologue, or start it with another data folder (DUOLOGUE_DATA_DIR).",
    )


def _store_corrupt(known: Facts) -> ErrorText:
    place = str(known.get("kept_at") or "")
    return ErrorText(
        joined("The database is damaged.", said(known)),
        f"The original file is kept, untouched, at {place}." if place else "The original file was left untouched.",
        "Close Duologue and start it again: it then rescues what can be read.",
    )


def _store_locked(known: Facts) -> ErrorText:
    return ErrorText(
        "Another Duologue has these conversations open.", UNCHANGED, "Close the other one, or use its window."
    )


def _store_read_only(known: Facts) -> ErrorText:
    return ErrorText(
        joined("The data folder cannot be written to.", said(known)),
        "What is stored there can be read, and stays as it is.",
        "Allow writing to the folder, or start with another one (DUOLOGUE_DATA_DIR).",
    )


def _store_misplaced(known: Facts) -> ErrorText:
    place = str(known.get("path") or "the data folder")
    return ErrorText(
        f"There is {known.get('reason') or 'something else'} at {place}, where Duologue keeps its data.",
        "It was left as it is.",
        "Move it away and start again, or start with another data folder (DUOLOGUE_DATA_DIR).",
    )


def _disk_full(known: Facts) -> ErrorText:
    return ErrorText(
        "The disk is full; this could not be stored.",
        "What was stored before is safe, and what is on the screen stays there until you close the window.",
        "Free some space, then try again.",
    )


def _conversation_gone(known: Facts) -> ErrorText:
    return ErrorText(
        "This conversation is not there any more.",
        "The others are unchanged.",
        "If it was deleted less than 30 days ago, undo that; else choose another one.",
    )


def _vault_error(known: Facts) -> ErrorText:
    return ErrorText(
        joined(f"{_backend(known)} could not do that.", said(known)),
        "No key was written anywhere.",
        "Try again, or use the key for this session only.",
    )


def _vault_absent(known: Facts) -> ErrorText:
    return ErrorText(
        "This system has no keyring to keep a key in.",
        "No key was written anywhere.",
        "Use the key for this session only, set ANTHROPIC_API_KEY, or install a keyring.",
    )


UNLOCK = "Unlock it in Passwords and Keys (GNOME), KWalletManager (KDE) or Keychain Access (macOS), then try again."


def _vault_locked(known: Facts) -> ErrorText:
    return ErrorText(f"{_backend(known)} is locked.", "The keys in it are unchanged.", UNLOCK)


def _vault_denied(known: Facts) -> ErrorText:
    return ErrorText(
        f"{_backend(known)} refused access.",
        "The keys in it are unchanged.",
        "Allow Duologue to use it, or use a key for this session only.",
    )


def _vault_silent(known: Facts) -> ErrorText:
    return ErrorText(
        f"{_backend(known)} did not answer.",
        "What it was asked for was given up; a key that it takes later all the same is removed again.",
        "A question of the system's may be waiting behind another window; answer it, then try again.",
    )


def _vault_untrusted(known: Facts) -> ErrorText:
    return ErrorText(
        f"{_backend(known)} would not keep a key secret.",
        "No key was written anywhere.",
        "Use the key for this session only, or install a keyring.",
    )


def _backend(known: Facts) -> str:
    return str(known.get("backend") or "The keyring")


def _invalid_key(known: Facts) -> ErrorText:
    if variable := known.get("variable"):
        return ErrorText(
            joined(f"What {variable} holds cannot be an API key.", said(known)),
            "Nothing was sent.",
            "Set the variable anew and start again, or enter a key under Connection.",
        )
    return ErrorText(
        joined("This cannot be an API key.", said(known)),
        "It was not stored.",
        "Copy the whole key and paste it again.",
    )


def _key_missing(known: Facts) -> ErrorText:
    profile = str(known.get("profile") or "")
    return ErrorText(
        f"There is no API key for {profile}." if profile else "There is no API key.",
        UNSENT,
        "Add a key under Connection, or try the simulator.",
    )


def _address_refused(known: Facts) -> ErrorText:
    address = str(known.get("address") or "") or "This"
    if known.get("reason") == "not encrypted":
        return ErrorText(f"{address} is not encrypted.", UNSENT, "Use https for other machines.")
    return ErrorText(f"{address} is not the address of a service.", UNSENT, "It looks like https://api.anthropic.com.")


def _settings_unreadable(known: Facts) -> ErrorText:
    place = str(known.get("kept_at") or "")
    return ErrorText(
        joined(f"The settings file {known.get('path', '')} cannot be read.".replace("  ", " "), said(known)),
        f"It is kept at {place}." if place else "It was left as it is.",
        "Duologue goes on with its defaults; correct the file or choose the settings again.",
    )


def _simulator_failed(known: Facts) -> ErrorText:
    return ErrorText(
        joined("The simulator could not start.", said(known)), UNCHANGED, "Try again, or use an API key instead."
    )


def _file_failed(known: Facts) -> ErrorText:
    return ErrorText(
        joined(f"The file {known.get('path', '')} could not be read or written.".replace("  ", " "), said(known)),
        "Your conversations are unchanged, and so is a file that stood there before.",
        "Choose another place or another file.",
    )


def _bad_schema(known: Facts) -> ErrorText:
    return ErrorText(
        joined("This schema cannot be used.", said(known)),
        "It stays as you wrote it.",
        "The tool lab marks the place; nothing that a schema points to is ever fetched.",
    )


def _command_failed(known: Facts) -> ErrorText:
    return ErrorText(
        joined(f"The program {known.get('program') or 'that answers this tool'} gave no answer.", said(known)),
        "The call still waits.",
        "Answer it yourself, or change who answers in the tool lab.",
    )


def _bad_tool(known: Facts) -> ErrorText:
    line = known.get("line")
    return ErrorText(
        joined(f"No tool can be made of this{f' (line {line})' if line else ''}.", said(known)),
        "Your tools are unchanged.",
        "Paste a tool in Anthropic's or OpenAI's JSON, an OpenAPI operation, a Python function or an example.",
    )


def _gateway_failed(known: Facts) -> ErrorText:
    return ErrorText(
        joined("The gateway could not start.", said(known)),
        UNCHANGED,
        "Choose another port, or stop what uses this one.",
    )


def _config_refused(known: Facts) -> ErrorText:
    line = known.get("line")
    return ErrorText(
        joined(f"The gateway’s file cannot be used{f' (line {line})' if line else ''}.", said(known)),
        UNCHANGED,
        "Change that line, and start the gateway again.",
    )


def _import_refused(known: Facts) -> ErrorText:
    place = str(known.get("where") or "")
    return ErrorText(
        joined(f"This file cannot be imported{f' (at {place})' if place else ''}.", said(known)),
        "Nothing was imported; your conversations are unchanged.",
        "Choose a file that Duologue exported, or a list of messages as OpenAI and LiteLLM write them.",
    )


def _media_refused(known: Facts) -> ErrorText:
    name = str(known.get("name") or "") or "The file"
    detail = str(known.get("detail") or "")
    what, hint = _MEDIA.get(str(known.get("reason")), ("{name} cannot be attached.", "Choose another file."))
    return ErrorText(
        what.format(name=name, detail=detail or "file"), "Nothing else changed.", hint.format(detail=detail or "limit")
    )


_MEDIA: Mapping[str, tuple[str, str]] = {
    "empty": ("{name} is empty.", "Choose another file."),
    "lies": ("{name} is called {detail}, but holds text.", "Rename it to .txt to attach its text."),
    "unsupported": ("{name} is a {detail} file, which no model takes.", "Convert it to JPEG, PNG, PDF or text."),
    "unknown": ("{name} is neither a picture, nor a PDF, nor text.", "Convert it to JPEG, PNG, PDF or text."),
    "damaged": ("{name} is a damaged {detail}: it cannot be read to its end.", "Save or copy it anew from its source."),
    "bomb": ("{name} would be too large to open ({detail}).", "Make it smaller first."),
    "too slow": ("{name} took too long to read.", "Save it anew in another program, as JPEG, PNG or PDF."),
    "too large": ("{name} is larger than {detail}.", "Make it smaller, or split it."),
    "active": ("{name} holds what does more than show a picture: {detail}.", "Export it as PNG, and attach that."),
    "password": ("{name} is protected with a password.", "Save a copy without the password; models read no others."),
    "too many pages": ("{name} has more than the {detail} pages that this model reads.", "Split it."),
    "not seen": ("{detail} cannot read {name}.", "Choose another model, or remove it."),
    "not a file": ("{name} is a {detail}, not a file.", "Choose the files in it."),
    "too many": ("A request has room for {detail}; {name} is one too many.", "Remove some, or begin a conversation."),
    "no reader": ("The program that reads pictures and documents could not be started.", "Try again."),
}


def _duologue_error(known: Facts) -> ErrorText:
    return ErrorText("Something outside Duologue failed.", PARTIAL, "Try again.")


WORDS: Mapping[str, Callable[[Facts], ErrorText]] = {
    "DuologueError": _duologue_error,
    "StoreError": _store_error,
    "StoreTooNew": _store_too_new,
    "StoreCorrupt": _store_corrupt,
    "StoreLocked": _store_locked,
    "StoreReadOnly": _store_read_only,
    "StoreMisplaced": _store_misplaced,
    "DiskFull": _disk_full,
    "ConversationGone": _conversation_gone,
    "VaultError": _vault_error,
    "VaultAbsent": _vault_absent,
    "VaultLocked": _vault_locked,
    "VaultDenied": _vault_denied,
    "VaultSilent": _vault_silent,
    "VaultUntrusted": _vault_untrusted,
    "InvalidKey": _invalid_key,
    "KeyMissing": _key_missing,
    "AddressRefused": _address_refused,
    "SettingsUnreadable": _settings_unreadable,
    "SimulatorFailed": _simulator_failed,
    "GatewayFailed": _gateway_failed,
    "ConfigRefused": _config_refused,
    "FileFailed": _file_failed,
    "ImportRefused": _import_refused,
    "MediaRefused": _media_refused,
    "BadSchema": _bad_schema,
    "BadTool": _bad_tool,
    "CommandFailed": _command_failed,
}

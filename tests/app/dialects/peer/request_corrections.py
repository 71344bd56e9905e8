"""Where our requests differ from LiteLLM's, and why: name of the shape → JSON pointer of the difference → reason.

What differs below a pointer is explained by it. `error` stands for a refusal by one of the two. A reason that nothing
needs any more fails the test, as a difference without a reason does.
"""

EMPTY = "an empty text is left out: the API refuses it, and a sentence that nobody wrote is no better"
NATIVE = "a block of the Messages API's own is taken as it is; LiteLLM loses it"
OUTPUT = "the API's field is output_config.format; output_format is its name from the beta"
ORDER = "the tool for the answer stands behind the caller's own"
AROUND = "the call around LiteLLM's translation takes this one; the translation alone does not"
SERVERS = "servers are no tools; an empty list of those says nothing"

CORRECTIONS: dict[str, dict[str, str]] = {
    "empty assistant": {"/messages": "neighbours of one role are one turn, as the API itself would have it"},
    "blank user text": {"/messages/0/content": EMPTY},
    "blank user message": {"error": "a conversation that says nothing is refused before it is sent"},
    "blank assistant text": {"/messages": EMPTY},
    "assistant first": {"/messages": "the API wants the person's turn first"},
    "refusal part": {"/messages": "a refusal is text that the assistant said; LiteLLM loses the whole turn"},
    "audio part": {"error": "what Claude cannot hear is refused; LiteLLM leaves it out in silence"},
    "developer": {"error": AROUND},
    "late system, unknown": {"/messages/2/content": "our own words for the operator's note, and one block"},
    "image jpg": {"/messages/0/content/0/source/media_type": "the API knows image/jpeg"},
    "image parameters": {"/messages/0/content/0/source/media_type": "parameters of a data URI are no media type"},
    "pdf as an image": {"/messages/0/content/0/type": "a PDF is a document wherever it is given"},
    "file with a name": {"/messages/0/content/0/title": "the file's name is the document's title"},
    "text file": {"/messages/0/content/0/source": "the API takes a text as text, and base64 only of PDFs"},
    "native image": {"/messages/0/content": NATIVE},
    "native loop": {"/messages": NATIVE},
    "tool with a description at the root": {"/tools/0/input_schema": "nothing of a schema is lost"},
    "tool with definitions": {"/tools/0/input_schema": "a schema keeps its own references"},
    "tool with branches": {"/tools/0/input_schema/properties": "branches at the root become one object"},
    "strict tool": {"/tools/0/strict": "the API has the field"},
    "computer in its own shape": {"error": "the Messages API's own shape is taken as it is"},
    "bash in a function": {"/tools/0/function": "the API refuses the key that LiteLLM leaves there"},
    "mcp server": {"/tools": SERVERS},
    "mcp server, OpenAI's": {"/tools": SERVERS},
    "unknown tool": {"error": "a tool of next year is forwarded, not refused"},
    "choice in Anthropic's shape": {"/tool_choice": "the documentation's own example; LiteLLM loses it"},
    "a user message in between": {"/messages/2/content": "the API wants results first"},
    "foreign id": {
        "/messages/1/content/0/id": "two ids stay two: a:b and a.b would both be a_b",
        "/messages/2/content/0/tool_use_id": "two ids stay two: a:b and a.b would both be a_b",
    },
    "loop without tools": {
        "/tools": "the tools that were used are named, not an invented one",
        "/tool_choice": "and none of them may be called, for the caller offers none",
    },
    "old function call": {
        "/messages/1/content/0/id": "call and result belong together; LiteLLM invents two ids",
        "/messages/2/content/0/tool_use_id": "call and result belong together; LiteLLM invents two ids",
    },
    "old functions": {"error": "the older words for tools are understood"},
    "default max_tokens": {"/max_tokens": "the catalogue's default, not the model's maximum"},
    "blank stop": {"error": "the API refuses it; so it is known before"},
    "blank stop dropped": {"/stop_sequences": "dropped for this call alone, without a global switch"},
    "temperature over 1": {"/temperature": "the API's scale ends at 1"},
    "metadata": {"error": AROUND},
    "no penalty": {"error": "a value that asks for nothing is no reason to refuse"},
    "service tier": {"error": "the API has the field"},
    "extra_body": {
        "/extra_body": "its fields are merged into the body, as in every SDK",
        "/container": "its fields are merged into the body, as in every SDK",
    },
    "a budget on a newer model": {"/thinking/display": "a budget showed its thinking; the newer default hides it"},
    "effort high, little room": {"/thinking/budget_tokens": "the API refuses a budget that is not below max_tokens"},
    "schema, native": {"/output_config": OUTPUT, "/output_format": OUTPUT},
    "schema, constrained": {"/output_config": OUTPUT, "/output_format": OUTPUT},
    "schema, by tool, with tools": {"/tools": ORDER},
    "array schema, by tool": {"/tools/0/input_schema": "a tool's input is an object: another answer is wrapped"},
}

LATER: dict[str, dict[str, str]] = {
    "redacted thoughts": {"/messages/1/content/0/data": "LiteLLM 1.110 changes what it does not take for encrypted"},
    "schema, by tool, thinking": {"/tools/0/description": "LiteLLM 1.110 tells the model when to call the tool"},
}
"""What only versions of LiteLLM after the locked one do otherwise."""

// Server-sent events out of an answer that was got with fetch, for an EventSource sends no key.

// `hear({ type, data, id })` for each; resolves when the stream ends. `id` is null where an event has none.
export async function eventsOf(answer, hear) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = ""; ;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value).replaceAll("\r\n", "\n").split("\n\n");
    rest = blocks.pop();
    for (const event of blocks.map(read)) if (event) hear(event);
  }
}

function read(block) {
  const event = { type: "message", id: null };
  let data = "";
  for (const line of block.split("\n")) {
    const [, name, value] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (name === "event") event.type = value;
    else if (name === "data") data += value;
    else if (name === "id") event.id = value;
  }
  return data ? { ...event, data: JSON.parse(data) } : null; // without data: a comment, which keeps the connection open
}

// Server-sent events out of the body of a response (HTML standard, 9.2.6); EventSource itself can only GET.

/**
 * The events of a response as they come.
 *
 * @param {ReadableStream<Uint8Array>} body
 * @yields {{event: string, data: string}}
 */
export async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let held = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      held += value;
      // A carriage return at the end may be half of a line end.
      const whole = held.endsWith("\r") ? held.slice(0, -1) : held;
      const blocks = whole.replace(/\r\n?/g, "\n").split("\n\n");
      held = blocks.pop() + (held.endsWith("\r") ? "\r" : "");
      yield* blocks.map(parse).filter(Boolean);
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

function parse(block) {
  let event = "message";
  const data = [];
  for (const line of block.split("\n")) {
    const [, field, value] = /^([^:]*)(?:: ?(.*))?$/s.exec(line);
    if (field === "event") event = value ?? "";
    if (field === "data") data.push(value ?? "");
  }
  return data.length ? { event, data: data.join("\n") } : null;
}

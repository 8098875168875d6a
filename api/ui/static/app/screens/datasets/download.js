// Hands a file's original bytes to the browser's downloads. The key goes in a header, so a plain link would not do.
import * as knowledge from "../../api/knowledge.js";
import { say } from "../../parts/toast.js";

export async function download(datasetId, file) {
  try {
    offer(await knowledge.files.content(datasetId, file.id), file.fileName.split("/").at(-1));
  } catch (error) {
    say(error.message, { tone: "bad" });
  }
}

export function offer(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 30_000);
}

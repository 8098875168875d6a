// What was dropped or chosen, folders with all that is in them, as { file, name }: the name keeps the folders.
const MOST_FILES = 20_000;

export async function fromDrop(transfer) {
  // The entries have to be taken before the first await: after it the browser has emptied the list.
  const entries = [...transfer.items].filter(({ kind }) => kind === "file").map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile());
  const found = [];
  for (const entry of entries) await walk(entry, found);
  return found;
}

export const fromInput = (input) => [...input.files].map((file) => ({ file, name: file.webkitRelativePath || file.name }));

async function walk(entry, found) {
  if (!entry || found.length >= MOST_FILES) return;
  if (entry instanceof File) {
    found.push({ file: entry, name: entry.name });
  } else if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject)).catch(() => null);
    if (file && !isClutter(file.name)) found.push({ file, name: entry.fullPath.replace(/^\//, "") });
  } else {
    for (const child of await children(entry)) await walk(child, found);
  }
}

async function children(folder) {
  const reader = folder.createReader();
  const all = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject)).catch(() => []);
    if (!some.length) return all; // a browser gives a hundred at a time
    all.push(...some);
  }
}

// What systems leave behind in folders.
export const isClutter = (name) => name === ".DS_Store" || name === "Thumbs.db" || name === "desktop.ini" || name.startsWith("._");

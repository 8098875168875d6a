// How far the files are that are being built just now: told by events, or asked for a few of them, often.
import { useEffect, useState } from "../../html.js";
import * as knowledge from "../../api/knowledge.js";
import { pause } from "../../api/client.js";
import { listen, live } from "../../live.js";
import { isOnItsWay } from "./status.js";

const FOLLOWED = 6;
const EVERY_MS = 900;

// A map from file id to its ingestion status.
export function useProgress(dataset) {
  const [progress, setProgress] = useState(new Map());
  const followed = dataset.files.filter(({ status }) => isOnItsWay(status) && status !== "pending").slice(0, FOLLOWED).map(({ id }) => id).join();
  useEffect(() => {
    if (!followed) {
      setProgress((before) => (before.size ? new Map() : before));
      return undefined;
    }
    const ending = new AbortController();
    const deaf = listen(({ type, data }) => {
      if (type === "file_updated" && data.datasetId === dataset.id) setProgress((before) => new Map(before).set(data.fileId, data));
    });
    follow(dataset.id, followed.split(","), setProgress, ending.signal).catch(() => {}); // the list itself shows what is wrong
    return () => {
      deaf();
      ending.abort();
    };
  }, [dataset.id, followed]);
  return progress;
}

async function follow(datasetId, ids, setProgress, signal) {
  while (!signal.aborted) {
    if (!document.hidden && !live.isOn) {
      const found = await Promise.all(ids.map((id) => knowledge.files.status(datasetId, id, signal)));
      if (signal.aborted) return;
      setProgress(new Map(found.map((status) => [status.fileId, status])));
    }
    await pause(EVERY_MS, signal);
  }
}

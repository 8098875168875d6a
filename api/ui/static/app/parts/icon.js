// Line icons on a grid of 16, drawn in the colour of the text beside them.
import { html } from "../html.js";

const SHAPES = {
  add: "M8 3v10M3 8h10",
  alert: "M8 2.5 14.2 13.500H1.800zM8 6.500v3.200M8 11.600v.1",
  arrowDown: "M8 3v10M4 9l4 4 4-4",
  arrowUp: "M8 13V3M4 7l4-4 4 4",
  back: "M10 3 5 8l5 5",
  chat: "M2 3.500h12v8H7.500L4.500 14v-2.500H2zM5 6.500h6M5 8.800h4",
  check: "M3 8.5 6.5 12 13 4.5",
  clock: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 5v3.200l2.2 1.3",
  close: "M4 4l8 8M12 4l-8 8",
  compare: "M2.5 3h4.500v10H2.500zM9 3h4.500v10H9z",
  copy: "M5.5 5.500h7.500V13H5.500zM10.5 5.500V3H3v7.500h2.5",
  dataset: "M2.5 4c0-1.1 2.5-2 5.5-2s5.5.9 5.5 2-2.5 2-5.5 2-5.5-.9-5.5-2zM2.5 4v8c0 1.1 2.5 2 5.5 2s5.5-.9 5.5-2V4M2.5 8c0 1.1 2.5 2 5.5 2s5.5-.9 5.5-2",
  down: "M4 6l4 4 4-4",
  download: "M8 2v8M5 7.5 8 10.500l3-3M2.5 13.500h11",
  edit: "M3 13l.7-3 6.8-6.8 2.3 2.300L6 12.300z",
  external: "M9 3h4v4M13 3 7.5 8.500M11 9.500V13H3V5h3.5",
  eye: "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  eyeOff: "M2 2l12 12M6.2 4c.6-.3 1.2-.4 1.8-.4 4 0 6.5 4.4 6.5 4.400s-.7 1.3-2 2.500M4 5.300C2.4 6.5 1.5 8 1.5 8S4 12.4 8 12.400c.9 0 1.8-.2 2.5-.6",
  file: "M4 2h5l3.5 3.500V14H4zM9 2v3.500h3.5",
  folder: "M2 4h4l1.5 1.500H14V13H2z",
  globe: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM2 8h12M8 2c2 2 2.5 4 2.5 6S10 12 8 14M8 2C6 4 5.5 6 5.5 8S6 12 8 14",
  history: "M2.5 8A5.5 5.5 0 1 0 4.2 4M2.5 2.500v2.800h2.800M8 5v3.200l2 1.3",
  info: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 7.500V11M8 5.200v.1",
  jobs: "M2.5 4h2M7 4h6.500M2.5 8h2M7 8h6.500M2.5 12h2M7 12h6.5",
  key: "M9.5 9.500a3.5 3.5 0 1 0-2.7-1.300L2.5 12.500v1.500h2l.5-1.500h1.500V11l1-1M10.8 5.200v.1",
  menu: "M2 4h12M2 8h12M2 12h12",
  more: "M3 8h.6M7.7 8h.6M12.4 8h.6",
  pulse: "M1.5 8.500h3l2-5 3 9 2-5.500h3",
  question: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM6.2 6.300c.1-1 .9-1.7 1.9-1.700s1.9.7 1.9 1.700c0 1.3-1.9 1.4-1.9 2.700M8 11.300v.1",
  refresh: "M13.5 8A5.5 5.5 0 1 1 11.8 4M13.5 2.500v2.800h-2.8",
  search: "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.6 10.6 14 14",
  settings: "M2 4.500h7M12.5 4.500H14M2 11.500h1.500M7 11.500h7M10.7 6.200a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.400zM5.3 13.200a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.400z",
  star: "M8 2l1.8 3.9 4.2.5-3.1 2.9.8 4.200L8 11.400l-3.7 2.1.8-4.200L2 6.400l4.2-.5z",
  stop: "M4 4h8v8H4z",
  trash: "M2.5 4h11M6 4V2.500h4V4M4 4l.7 9.500h6.600L12 4M6.7 6.500v4.500M9.3 6.500v4.5",
  undo: "M6 3 2.5 6.5 6 10M2.5 6.500H10a3.5 3.5 0 0 1 0 7H7",
  upload: "M8 10.500V2.500M5 5.500l3-3 3 3M2.5 10v3.500h11V10",
  user: "M8 8.200a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.600zM2.8 14c.4-2.7 2.5-4 5.2-4s4.8 1.3 5.2 4",
  work: "M2 5.500h12V13H2zM5.5 5.500V3h5v2.500M2 9h12",
};

export const Icon = ({ name, size = 16, label = null }) => html`
  <svg width=${size} height=${size} viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.5"
    stroke-linecap="round" stroke-linejoin="round" role=${label ? "img" : null} aria-label=${label}
    aria-hidden=${label ? null : "true"} focusable="false"><path d=${SHAPES[name]} /></svg>`;

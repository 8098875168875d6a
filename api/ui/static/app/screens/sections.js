// What the navigation offers, by what the caller may do.
import { may } from "../caller.js";

const SECTIONS = [
  { path: "datasets", name: "Datasets", icon: "dataset", needs: ["read"] },
  { path: "search", name: "Search", icon: "search", needs: ["search"] },
];

export const sections = (caller) => SECTIONS.filter(({ needs }) => needs.every((verb) => may(caller, verb)));

// Markup as tagged templates, without a build step.
import { h } from "../vendor/preact/preact.js";
import htm from "../vendor/htm/htm.js";

export { Fragment, createContext, render } from "../vendor/preact/preact.js";
export {
  useCallback, useContext, useEffect, useId, useLayoutEffect, useMemo, useReducer, useRef, useState,
} from "../vendor/preact/hooks.js";
export const html = htm.bind(h);

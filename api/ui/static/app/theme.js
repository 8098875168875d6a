// Light, dark, or as the system has it.
const STORED = "cairn.theme";
const THEMES = ["system", "light", "dark"];

export const themes = THEMES;

export function theme() {
  const kept = localStorage.getItem(STORED);
  return THEMES.includes(kept) ? kept : "system";
}

export function setTheme(name) {
  localStorage.setItem(STORED, name);
  applyTheme();
}

export function applyTheme() {
  const name = theme();
  if (name === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = name;
}

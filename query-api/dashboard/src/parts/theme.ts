import { Cell } from "./cell";

export const THEMES = { system: "System", light: "Light", dark: "Dark" } as const;
export type Theme = keyof typeof THEMES;

const PLACE = "loupe.theme";

function kept(): Theme {
  const word = typeof localStorage === "undefined" ? null : localStorage.getItem(PLACE);
  return word !== null && word in THEMES ? (word as Theme) : "system";
}

export const theme = new Cell<Theme>(kept());

export function choose(next: Theme) {
  localStorage.setItem(PLACE, next);
  theme.set(next);
  applyTheme();
}

export function applyTheme() {
  document.documentElement.dataset.theme = theme.value;
}

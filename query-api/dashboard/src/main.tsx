import { render } from "preact";
import { App } from "./app";
import { applyTheme } from "./parts/theme";
import "@fontsource-variable/hanken-grotesk/wght.css";
import "@fontsource-variable/newsreader/wght.css";
import "./styles/index.css";

applyTheme();
const root = document.getElementById("app");
if (root) render(<App />, root);

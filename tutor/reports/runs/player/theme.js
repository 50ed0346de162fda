// Light, dark, or as the system has it; remembered where the browser lets a page remember.

const THEMES = ["system", "light", "dark"];

class Theme {
  constructor(button) {
    this.button = button;
    this.name = this.#remembered();
    this.#apply();
  }

  turn() {
    this.name = THEMES[(THEMES.indexOf(this.name) + 1) % THEMES.length];
    try {
      localStorage.setItem("gradtutor-theme", this.name);
    } catch {
      // It lasts as long as the page is open.
    }
    this.#apply();
  }

  #remembered() {
    try {
      const name = localStorage.getItem("gradtutor-theme");
      return THEMES.includes(name) ? name : "system";
    } catch {
      return "system";
    }
  }

  #apply() {
    document.documentElement.dataset.theme = this.name;
    const label = this.name === "system" ? "colours: system" : `colours: ${this.name}`;
    this.button.replaceChildren(label, " ", element("kbd", {}, "t"));
  }
}

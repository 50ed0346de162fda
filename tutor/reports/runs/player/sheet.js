// A small sheet that asks for a text; one that will not do gets a sentence and another try.

class Sheet {
  #act = null;

  constructor() {
    // No form: a page inside a notebook may not submit one.
    byId("ask-there").addEventListener("click", () => this.#answered());
    byId("answer").addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault(); // or it would press the button that has the focus after it
      this.#answered();
    });
  }

  /** Ask; `act` returns why a text will not do, or an empty one once it has been done. */
  ask({ title, label, value = "", placeholder = "", offers = [], act }) {
    this.#act = act;
    byId("ask-title").textContent = title;
    byId("ask-label").textContent = label;
    byId("ask-problem").textContent = "";
    byId("offers").replaceChildren(...offers.map((text) => element("option", { value: text })));
    byId("answer").value = value;
    byId("answer").placeholder = placeholder;
    byId("ask").showModal();
    byId("answer").select();
  }

  #answered() {
    const problem = this.#act(byId("answer").value);
    byId("ask-problem").textContent = problem;
    if (!problem) byId("ask").close();
  }
}

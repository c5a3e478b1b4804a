"use strict";
(() => {
  const page = document.documentElement;
  const key = `quotes-review:${document.body.dataset.key}`;
  const cards = [...document.querySelectorAll(".card")];
  const element = (id) => document.getElementById(id);
  const dialog = element("correct");

  // Every decision in the order taken: what holds is the last one on a card, and to undo is to take the last away.
  let log = [];
  let current = null;
  let pressed = null;
  let kept = true;

  const load = () => {
    try {
      const found = JSON.parse(localStorage.getItem(key) ?? "[]");
      log = found.filter((one) => cards[one.n] && ["accepted", "rejected", "corrected"].includes(one.decision));
    } catch {
      log = [];
    }
  };

  const save = () => {
    try {
      localStorage.setItem(key, JSON.stringify(log));
    } catch {
      kept = false; // a browser may refuse: the page goes on, and says so
    }
  };

  const before = (card) =>
    card.dataset.before && { decision: card.dataset.before, speaker: speakerOf(card), at: null };

  const speakerOf = (card) => (card.dataset.named ? card.dataset.who : null);

  const decisions = () => {
    const held = cards.map(before);
    for (const one of log) held[one.n] = one;
    return held;
  };

  // --- showing

  const show = (card, decision) => {
    card.dataset.state = decision?.decision ?? "undecided";
    card.querySelector(".state").textContent = decision?.decision ?? "";
    shownName(card).textContent = decision?.decision === "corrected" ? nameOf(decision) : card.dataset.who;
    for (const button of card.querySelectorAll("[data-do]")) {
      button.setAttribute("aria-pressed", String(button.dataset.do === decision?.decision));
    }
  };

  const shownName = (card) => card.querySelector(".name");

  const nameOf = (decision) => decision.speaker ?? "Nobody";

  // A screen reader reads out what is new, not what is said again.
  const say = (id, words) => {
    if (element(id).textContent !== words) element(id).textContent = words;
  };

  const progress = () => {
    const counts = { accepted: 0, corrected: 0, rejected: 0 };
    for (const card of cards) if (card.dataset.state in counts) counts[card.dataset.state] += 1;
    const decided = counts.accepted + counts.corrected + counts.rejected;
    const parts = Object.entries(counts).map(([name, count]) => `${count} ${name}`);
    element("bar").value = decided;
    const warning = kept ? "" : ". This browser does not keep them: download before you leave.";
    say("progress", `${decided} of ${cards.length} decided: ${parts.join(", ")}${warning}`);
    element("undo").disabled = log.length === 0;
  };

  const filter = () => {
    const state = element("state").value;
    const doubtful = element("doubtful").checked;
    for (const card of cards) {
      card.hidden =
        (pressed !== null && card.dataset.who !== pressed && shownName(card).textContent !== pressed) ||
        (state !== "" && card.dataset.state !== state) ||
        (doubtful && !card.dataset.doubtful);
    }
    for (const article of document.querySelectorAll(".article")) {
      article.hidden = !article.querySelector(".card:not([hidden])") && (pressed !== null || state !== "" || doubtful);
    }
    const shown = cards.filter((card) => !card.hidden).length;
    say("shown", `${shown} of ${cards.length} shown`);
  };

  const sort = () => {
    const doubt = element("sorted").checked;
    const before = (a, b) => (doubt ? a.dataset.surety - b.dataset.surety : 0) || a.id.slice(1) - b.id.slice(1);
    for (const list of document.querySelectorAll(".cards")) list.append(...[...list.children].sort(before));
    cards.splice(0, cards.length, ...document.querySelectorAll(".card"));
  };

  // --- going about

  const go = (card) => {
    if (!card) return;
    mark(card);
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest" });
  };

  const mark = (card) => {
    for (const one of document.querySelectorAll(".current")) one.classList.remove("current");
    current = card;
    card.classList.add("current");
    const article = card.closest(".article");
    const text = article.querySelector(".text");
    const words = text?.querySelectorAll(`[data-n="${cards.indexOf(card) + 1}"]`) ?? [];
    for (const one of words) one.classList.add("current");
    if (words.length) text.scrollTop += words[0].getBoundingClientRect().top - text.getBoundingClientRect().top - 80;
  };

  const neighbour = (step) => {
    const shown = cards.filter((card) => !card.hidden || card === current);
    const at = shown.indexOf(current);
    return shown[at < 0 ? 0 : Math.min(Math.max(at + step, 0), shown.length - 1)];
  };

  // --- deciding

  const decide = (card, decision, speaker) => {
    log.push({ n: cards.indexOf(card), decision, speaker, at: new Date().toISOString() });
    save();
    show(card, log.at(-1));
    progress();
    filter();
  };

  const undo = () => {
    const last = log.pop();
    if (!last) return;
    save();
    show(cards[last.n], decisions()[last.n]);
    progress();
    filter();
    go(cards[last.n]);
  };

  const correct = (card) => {
    const others = [...card.closest(".article").querySelectorAll(".card[data-named='1']"), ...cards];
    const names = new Set(others.filter((one) => one.dataset.named).map((one) => one.dataset.who));
    element("names").replaceChildren(...[...names].map((name) => new Option(name, name)));
    element("name").value = "";
    // At once, not at the dialog's close event: that one comes later than keys struck right after Enter.
    dialog.onsubmit = (event) => {
      event.preventDefault();
      const name = element("name").value.trim();
      const answer = event.submitter?.value;
      dialog.close();
      if (answer === "nobody") decide(card, "corrected", null);
      else if (answer !== "cancel" && name) decide(card, "corrected", name);
      go(card);
    };
    dialog.showModal();
  };

  const act = (card, what) => (what === "corrected" ? correct(card) : decide(card, what, speakerOf(card)));

  const download = () => {
    const lines = decisions().flatMap((one, n) => {
      if (!one) return [];
      const { id, sha256 } = cards[n].dataset;
      return [JSON.stringify({ id, sha256, decision: one.decision, speaker: one.speaker, at: one.at }) + "\n"];
    });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(lines, { type: "application/x-ndjson" }));
    link.download = "decisions.jsonl";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  };

  // --- hands

  const press = (button) => {
    pressed = pressed === button.dataset.who ? null : button.dataset.who;
    for (const one of document.querySelectorAll(".speakers button")) {
      one.setAttribute("aria-pressed", String(one.dataset.who === pressed));
    }
    filter();
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    const card = event.target.closest(".card");
    if (card) mark(card);
    if (button?.dataset.do) act(card, button.dataset.do);
    else if (button?.closest(".speakers")) press(button);
  });
  element("undo").addEventListener("click", undo);
  element("download").addEventListener("click", download);
  element("state").addEventListener("change", filter);
  element("doubtful").addEventListener("change", filter);
  element("sorted").addEventListener("change", sort);
  addEventListener("hashchange", () => {
    const target = element(location.hash.slice(1));
    if (target?.classList.contains("card")) go(target);
  });

  const decideAndGo = (what) => {
    if (!current || current.hidden) return go(neighbour(0));
    const next = neighbour(1);
    act(current, what);
    if (what !== "corrected") go(next);
  };

  const keys = {
    j: () => go(neighbour(current ? 1 : 0)),
    k: () => go(neighbour(-1)),
    a: () => decideAndGo("accepted"),
    r: () => decideAndGo("rejected"),
    s: () => decideAndGo("corrected"),
    u: undo,
  };

  document.addEventListener("keydown", (event) => {
    const writing = event.target.closest("input:not([type=checkbox]), select, dialog");
    if (!element("keys").checked || writing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key]();
  });

  const resume = () => {
    load();
    decisions().forEach((decision, n) => show(cards[n], decision));
    progress();
    filter();
  };

  // The same page in another tab: what is decided there holds here, and is not written over.
  addEventListener("storage", resume);
  page.classList.add("with-script");
  resume();
})();

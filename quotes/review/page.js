"use strict";
(() => {
  const page = document.documentElement;
  const key = `quotes-review:${document.body.dataset.key}`;
  const element = (id) => document.getElementById(id);
  const cards = [...document.querySelectorAll(".card")];
  const articles = [...document.querySelectorAll(".article")];
  const made = cards.length; // those behind are what a person added
  const number = new Map(cards.map((card, n) => [card, n]));
  const dialog = element("correct");
  const phone = matchMedia("(width < 62rem)");
  const STATES = ["accepted", "corrected", "rejected", "added"];
  const TOLD = ["role", "addressee", "note", "status"];

  // Every decision in the order taken: what holds is the last one on a card, and to undo is to take the last away.
  // Decisions of one step (`step`) are taken back together.
  let log = [];
  let held = [];
  let current = null;
  let pressed = null;
  let kept = true;

  const load = () => {
    try {
      const found = JSON.parse(localStorage.getItem(key) ?? "[]");
      log = found.filter((one) => STATES.includes(one.decision) && (cards[one.n] || one.words));
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
    card.dataset.before ? { decision: card.dataset.before, speaker: speakerOf(card), at: null } : null;

  const speakerOf = (card) => (card.dataset.named ? card.dataset.speaker : null);

  const hold = () => {
    held = cards.map(before);
    for (const one of log) held[one.n] = one;
  };

  // --- showing

  const show = (card, decision) => {
    card.dataset.state = decision?.decision ?? "undecided";
    card.querySelector(".state").textContent = decision?.decision ?? "";
    const changed = decision && "speaker" in decision && ["corrected", "added"].includes(decision.decision);
    shownName(card).textContent = changed ? nameOf(decision) : card.dataset.speaker || card.dataset.who;
    for (const button of card.querySelectorAll("[data-do]")) {
      if (STATES.includes(button.dataset.do)) {
        button.setAttribute("aria-pressed", String(button.dataset.do === decision?.decision));
      }
    }
    const told = decision?.words ? [`words: “${decision.words.text}”`] : [];
    for (const name of TOLD) if (decision?.[name]) told.push(`${name}: ${decision[name]}`);
    card.querySelector(".told").textContent = told.join(" · ");
  };

  const shownName = (card) => card.querySelector(".name");

  const nameOf = (decision) => decision.speaker ?? "Nobody";

  // A screen reader reads out what is new, not what is said again.
  const say = (id, words) => {
    if (element(id).textContent !== words) element(id).textContent = words;
  };

  const progress = () => {
    const counts = { accepted: 0, corrected: 0, rejected: 0 };
    let added = 0;
    cards.forEach((card, n) => {
      if (n >= made) added += card.dataset.state === "added" ? 1 : 0;
      else if (card.dataset.state in counts) counts[card.dataset.state] += 1;
    });
    const decided = counts.accepted + counts.corrected + counts.rejected;
    const parts = Object.entries(added ? { ...counts, added } : counts).map(([name, count]) => `${count} ${name}`);
    element("bar").value = decided;
    const warning = kept ? "" : ". This browser does not keep them: download before you leave.";
    say("progress", `${decided} of ${made} decided: ${parts.join(", ")}${warning}`);
    element("undo").disabled = log.length === 0;
  };

  const wanted = () => ({
    state: element("state").value,
    doubtful: element("doubtful").checked,
    words: element("search").value.trim().toLowerCase(),
  });

  const fits = (card, { state, doubtful }) =>
    (pressed === null || card.dataset.who === pressed || shownName(card).textContent === pressed) &&
    (state === "" || card.dataset.state === state) &&
    (!doubtful || Boolean(card.dataset.doubtful));

  const searched = new Map(); // what stands in an article, in small letters: read once
  const holds = (article, words) => {
    if (!words) return true;
    if (!searched.has(article)) searched.set(article, article.textContent.toLowerCase());
    return searched.get(article).includes(words);
  };

  const filter = () => {
    const by = wanted();
    const narrow = pressed !== null || by.state !== "" || by.doubtful;
    let shown = 0;
    for (const article of articles) {
      const found = holds(article, by.words);
      let some = 0;
      for (const card of article.querySelectorAll(".card")) {
        card.hidden = !found || !fits(card, by);
        some += card.hidden ? 0 : 1;
      }
      article.hidden = !found || (narrow && !some);
      const entry = document.querySelector(`.contents [data-article="${article.dataset.number}"]`);
      if (entry) entry.hidden = article.hidden;
      shown += some;
    }
    say("shown", `${shown} of ${cards.filter((card) => card.isConnected).length} shown`);
  };

  // What one decision changes is shown without going through all the others.
  const refilter = () => {
    const by = wanted();
    if (pressed !== null || by.state !== "") filter();
  };

  // --- where cards stand: beside the text; on a phone, behind the paragraph that they are of; by doubt, in their list

  const doubt = (card) => Number(card.dataset.confidence ?? 2) - (card.dataset.doubtful ? 1 : 0);

  const arrange = () => {
    const byDoubt = element("order").value === "doubt";
    for (const article of articles) {
      const list = article.querySelector("ol.cards");
      const own = cards.filter((card) => card.article === article && !card.gone);
      const sorted = byDoubt ? own.toSorted((a, b) => doubt(a) - doubt(b)) : own;
      for (const card of sorted) {
        const place = phone.matches && !byDoubt ? paragraphOf(card) : null;
        const home = place ? inline(place) : list;
        home.append(card);
      }
      for (const empty of article.querySelectorAll("ol.inline:empty")) empty.remove();
    }
    const order = byDoubt ? articles.toSorted((a, b) => lowest(a) - lowest(b)) : articles;
    const end = document.querySelector(".traced");
    for (const article of order) element("articles").insertBefore(article, end);
  };

  const lowest = (article) => Math.min(...cards.filter((card) => card.article === article).map(doubt), 9);

  const paragraphOf = (card) => {
    const words = card.article.querySelector(`.text [data-n="${number.get(card) + 1}"]`);
    return (words ?? card.anchor)?.closest("p") ?? null;
  };

  const inline = (paragraph) => {
    if (paragraph.nextElementSibling?.matches("ol.inline")) return paragraph.nextElementSibling;
    const list = document.createElement("ol");
    list.className = "inline cards";
    paragraph.after(list);
    return list;
  };

  const inOrder = () => [...document.querySelectorAll(".card")];

  // --- going about

  const go = (card) => {
    if (!card) return;
    mark(card);
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest" });
  };

  const marked = (card) => card.article.querySelectorAll(`.text [data-n="${number.get(card) + 1}"]`);

  const mark = (card) => {
    if (card === current) return;
    for (const one of document.querySelectorAll(".current")) one.classList.remove("current");
    current = card;
    card.classList.add("current");
    const words = [...marked(card)];
    for (const one of words) one.classList.add("current");
    const first = words.find((one) => !one.classList.contains("name"));
    if (first && !phone.matches) reveal(first);
  };

  const reveal = (words) => {
    const text = words.closest(".text");
    if (phone.matches) words.scrollIntoView({ block: "center" });
    else text.scrollTop += words.getBoundingClientRect().top - text.getBoundingClientRect().top - 80;
  };

  const neighbour = (step) => {
    const shown = inOrder().filter((card) => !card.hidden || card === current);
    const at = shown.indexOf(current);
    return shown[at < 0 ? 0 : Math.min(Math.max(at + step, 0), shown.length - 1)];
  };

  // --- deciding

  const now = () => new Date().toISOString();

  const decide = (some, decision) => {
    const step = log.length;
    for (const card of some) {
      const one = { n: number.get(card), at: now(), step, ...decision(card) };
      log.push(one);
      held[one.n] = one;
      show(card, one);
    }
    save();
    progress();
    refilter();
  };

  const undo = () => {
    const last = log.at(-1);
    if (!last) return;
    const gone = log.filter((one) => (one.step ?? one) === (last.step ?? last));
    log = log.filter((one) => !gone.includes(one));
    save();
    hold();
    for (const { n } of gone) {
      if (n >= made && !held[n]) takeAway(cards[n]);
      else show(cards[n], held[n]);
    }
    progress();
    filter();
    go(cards[last.n]?.isConnected ? cards[last.n] : neighbour(0));
  };

  const bulk = () => {
    const least = Number(element("sure").value);
    const some = cards.filter(
      (card) => !card.hidden && card.dataset.state === "undecided" && Number(card.dataset.confidence) >= least,
    );
    if (some.length) decide(some, (card) => ({ decision: "accepted", speaker: speakerOf(card) }));
    filter();
  };

  // --- words of an article: offsets are code points of its text

  const length = (text) => [...text].length;

  const offset = (node, at) => {
    const paragraph = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest("[data-start]");
    if (!paragraph) return null;
    const range = document.createRange();
    range.setStart(paragraph, 0);
    range.setEnd(node, at);
    const copy = range.cloneContents();
    for (const one of copy.querySelectorAll(".number")) one.remove();
    return Number(paragraph.dataset.start) + length(copy.textContent);
  };

  const plain = (paragraph) => {
    const copy = paragraph.cloneNode(true);
    for (const one of copy.querySelectorAll(".number")) one.remove();
    return copy.textContent;
  };

  const span = (paragraph, start, end) => {
    const base = Number(paragraph.dataset.start);
    return { start, end, text: [...plain(paragraph)].slice(start - base, end - base).join("") };
  };

  // The words selected within a paragraph, blanks at their edges left out.
  const selected = () => {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    const from = (range.startContainer.parentElement ?? range.startContainer).closest(".text [data-start]");
    const start = offset(range.startContainer, range.startOffset);
    const end = offset(range.endContainer, range.endOffset);
    const to = (range.endContainer.parentElement ?? range.endContainer).closest(".text [data-start]");
    if (!from || from !== to || start === null || end === null) return null;
    const whole = span(from, start, end);
    const text = whole.text.trim();
    const lead = length(whole.text) - length(whole.text.trimStart());
    if (!text) return null;
    return { paragraph: from, words: span(from, start + lead, start + lead + length(text)) };
  };

  // The sentence around words, and what stands beside them, as records have it.
  const around = (paragraph, words) => {
    const base = Number(paragraph.dataset.start);
    const letters = [...plain(paragraph)];
    const [start, end] = [words.start - base, words.end - base];
    let [first, last] = [start, end];
    while (first > 0 && !(/\s/.test(letters[first - 1]) && /[.!?”"’']/.test(letters[first - 2] ?? ""))) first -= 1;
    while (last < letters.length && !/[.!?]/.test(letters[last - 1])) last += 1;
    return {
      sentence: span(paragraph, base + first, base + last),
      prefix: letters.slice(Math.max(0, start - 32), start).join(""),
      suffix: letters.slice(end, end + 32).join(""),
    };
  };

  // A name where somebody clicks: what is marked as a speaker, else the capitalised words around.
  const nameAt = (event) => {
    const paragraph = event.target.closest(".text [data-start]");
    if (!paragraph) return null;
    const chosen = selected();
    if (chosen) return chosen.words;
    const place = document.caretRangeFromPoint?.(event.clientX, event.clientY);
    const at = place && paragraph.contains(place.startContainer) && offset(place.startContainer, place.startOffset);
    if (at === null || at === undefined || at === false) return null;
    const base = Number(paragraph.dataset.start);
    const text = plain(paragraph);
    const index = [...text].slice(0, at - base).join("").length;
    for (const found of text.matchAll(/\p{Lu}[\p{L}.’'-]*(?:\s(?:(?:de|van|von|bin|al|of|the)\s)?\p{Lu}[\p{L}.’'-]*)*/gu)) {
      if (found.index <= index && index <= found.index + found[0].length) {
        const words = found[0].replace(/[.,’']+$/u, "").replace(/['’]s$/u, "");
        const start = base + length(text.slice(0, found.index));
        return { start, end: start + length(words), text: words };
      }
    }
    return null;
  };

  // --- correcting and adding

  let asked = null; // what the dialog is about: { card, words, context, mention }

  const ask = (about) => {
    asked = about;
    const { card, article } = about;
    const one = card && held[number.get(card)];
    const given = held.flatMap((one) => one?.at && one.speaker ? [one.speaker] : []); // by hand
    const names = new Set([...namesOf(article), ...given, ...articles.flatMap(namesOf)]);
    element("names").replaceChildren(...[...names].map((name) => new Option(name, name)));
    element("question").textContent = about.add
      ? `What is missing in “${article.querySelector("h2").textContent}”, and who says it?`
      : "Who says it?";
    element("name").value = "";
    element("name").placeholder = card ? shownName(card).textContent : "";
    element("name").required = Boolean(about.add);
    for (const name of TOLD) element(name).value = one?.[name] ?? "";
    element("exact").value = "";
    element("exact").required = Boolean(about.add && !about.words);
    const same = card ? ofSameSpeaker(card) : [];
    element("same").hidden = same.length < 2;
    element("all").checked = false;
    element("same").querySelector("span").textContent = `for all ${same.length} of “${card?.dataset.speaker}” in this article`;
    words();
    // Not modal: the article stays within reach.
    if (!dialog.open) dialog.show();
    element(element("exact").required ? "exact" : "name").focus();
  };

  const namesOf = (article) => JSON.parse(article.dataset.names);

  const words = () => {
    const text = asked.words?.text ?? "";
    element("words").textContent = text && `“${text}”`;
  };

  const take = () => {
    const chosen = selected();
    if (!chosen) return say("words", "Select the words in the article first.");
    choose(chosen);
    element("exact").value = "";
    element("exact").required = false;
    words();
  };

  const choose = (chosen) => {
    asked.words = chosen.words;
    asked.context = around(chosen.paragraph, chosen.words);
    asked.anchor = chosen.paragraph;
  };

  // Marks and blanks as a keyboard has them, sign for sign.
  const typed = (text) => text.replace(/[‘’]/g, "'").replace(/[“”„«»]/g, '"').replace(/\s/g, " ");

  // Every place of typed words in an article.
  const find = (article, text) => {
    const places = [];
    for (const paragraph of article.querySelectorAll(".text [data-start]")) {
      const whole = typed(plain(paragraph));
      for (let at = whole.indexOf(text); at >= 0; at = whole.indexOf(text, at + 1)) {
        const start = Number(paragraph.dataset.start) + length(whole.slice(0, at));
        places.push({ paragraph, words: span(paragraph, start, start + length(text)) });
      }
    }
    return places;
  };

  // Whether it is known which words are meant: typed ones stand just once in the article.
  const located = () => {
    const text = typed(element("exact").value.trim());
    if (!text) return Boolean(asked.words || !asked.add);
    const places = find(asked.article, text);
    if (places.length === 1) choose(places[0]);
    return places.length === 1;
  };

  const unlocated = () => {
    const text = typed(element("exact").value.trim());
    const times = text && find(asked.article, text).length;
    const missing = text ? "These words do not stand in the article." : "Type the words, or select them in the article.";
    say("words", times ? `These words stand ${times} times in the article: type more of them.` : missing);
    element("exact").focus();
  };

  const ofSameSpeaker = (card) =>
    cards.filter((other) => other.article === card.article && other.dataset.named && speakerOf(other) === speakerOf(card));

  // At once, not at the dialog's close event: that one comes later than keys struck right after Enter.
  dialog.addEventListener("submit", (event) => {
    event.preventDefault();
    const answer = event.submitter?.value;
    const name = element("name").value.trim();
    const about = asked;
    if (answer !== "cancel" && !located()) return unlocated();
    close();
    if (answer !== "cancel") settle(about, answer === "nobody", name);
    go(about.card);
  });

  const settle = (about, nobody, name) => {
    const told = Object.fromEntries(TOLD.map((one) => [one, element(one).value.trim()]).filter(([, value]) => value));
    const pieces = about.words && about.context ? { words: about.words, context: about.context } : {};
    const mention = about.mention && name === about.mention.text ? { mention: about.mention } : {};
    if (about.add) {
      about.card ??= make(about);
      const decision = { decision: "added", speaker: nobody ? null : name, sha256: about.article.dataset.sha256 };
      decide([about.card], () => ({ ...decision, ...pieces, ...mention, ...told }));
      return arrange();
    }
    const speaker = (card) => (nobody ? null : name || (held[number.get(card)] ?? { speaker: speakerOf(card) }).speaker);
    const changed = nobody || name || about.words || told.role || told.addressee;
    if (!changed && !Object.keys(told).length) return;
    const some = element("all").checked ? ofSameSpeaker(about.card) : [about.card];
    decide(some, (card) => ({
      decision: changed ? "corrected" : (held[number.get(card)]?.decision ?? "accepted"),
      speaker: speaker(card),
      ...(card === about.card ? { ...pieces, ...mention, ...told } : {}),
    }));
  };

  const close = () => {
    dialog.close();
  };

  const correct = (card) => {
    const one = held[number.get(card)];
    const add = number.get(card) >= made;
    ask({ card, article: card.article, add, words: one?.words, context: one?.context, mention: one?.mention });
  };

  const add = () => {
    const chosen = selected();
    if (!chosen) return ask({ add: true, article: here() });
    const context = around(chosen.paragraph, chosen.words);
    ask({ add: true, article: chosen.paragraph.closest(".article"), anchor: chosen.paragraph, words: chosen.words, context });
  };

  const here = () =>
    document.activeElement.closest(".article") ?? current?.article ?? articles.find((one) => !one.hidden) ?? articles[0];

  // The card of words that were added; a card's number is its place among all.
  const make = ({ article, words, anchor }) => {
    const card = element("blank").content.firstElementChild.cloneNode(true);
    card.className = "card";
    card.id = `r${cards.length + 1}`;
    card.dataset.who = "";
    card.querySelector(".words").textContent = words.text;
    card.article = article;
    card.anchor = anchor ?? paragraphAt(article, words.start);
    number.set(card, cards.length);
    cards.push(card);
    article.querySelector("ol.cards").append(card);
    return card;
  };

  const paragraphAt = (article, start) =>
    [...article.querySelectorAll("[data-start]")].findLast((one) => Number(one.dataset.start) <= start) ?? null;

  const takeAway = (card) => {
    card.gone = true;
    card.remove();
    if (current === card) current = null;
  };

  const act = (card, what) => {
    const one = held[number.get(card)];
    if (what === "corrected" || what === "added") correct(card);
    else if (what === "accepted" && one?.at && ["corrected", "added"].includes(one.decision)) decide([card], () => again(one));
    else decide([card], () => ({ decision: what, speaker: speakerOf(card), ...noted(card) }));
  };

  // What a person mended or added is accepted as it is shown, and stays mended or added.
  const again = ({ n, at, step, ...decision }) => decision;

  // What was noted on a card stays when it is accepted or rejected afterwards.
  const noted = (card) => {
    const one = held[number.get(card)] ?? {};
    const names = number.get(card) >= made ? ["words", "context", "sha256"] : ["note", "status"];
    return Object.fromEntries(names.filter((name) => one[name]).map((name) => [name, one[name]]));
  };

  const line = (one, n) => {
    const { id = null, sha256 = one.sha256 } = n < made ? cards[n].dataset : {};
    const { decision, speaker, at } = one;
    const more = Object.fromEntries(["words", "context", "mention", ...TOLD].filter((name) => one[name]).map((name) => [name, one[name]]));
    return JSON.stringify({ id, sha256, decision, speaker, at, ...more }) + "\n";
  };

  const download = () => {
    const lines = held.flatMap((one, n) => (one && (n < made || one.decision === "added") ? [line(one, n)] : []));
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

  const showName = (card) => {
    mark(card);
    const name = [...marked(card)].find((one) => one.classList.contains("name"));
    if (name) reveal(name);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    const card = event.target.closest(".card");
    if (dialog.open && event.target.closest(".text") && !card && !event.target.closest(".number")) {
      const found = selected() ? null : nameAt(event);
      if (!found) return;
      asked.mention = found;
      element("name").value = found.text;
      element("name").focus();
      return;
    }
    if (card) mark(card);
    if (button?.dataset.do === "named") showName(card);
    else if (button?.dataset.do) act(card, button.dataset.do);
    else if (button?.closest(".speakers")) press(button);
  });
  // The selection would go with the focus.
  for (const id of ["take", "add"]) element(id).addEventListener("mousedown", (event) => event.preventDefault());
  element("add").addEventListener("click", add);
  element("take").addEventListener("click", take);
  element("undo").addEventListener("click", undo);
  element("bulk").addEventListener("click", bulk);
  element("download").addEventListener("click", download);
  for (const id of ["state", "doubtful"]) element(id).addEventListener("change", filter);
  element("search").addEventListener("input", filter);
  element("order").addEventListener("change", arrange);
  phone.addEventListener("change", arrange);
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
    n: add,
    "/": () => element("search").focus(),
    u: undo,
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && dialog.open) {
      close();
      return go(asked.card);
    }
    const writing = event.target.closest("input:not([type=checkbox]), select, dialog");
    if (!element("keys").checked || writing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key]();
  });

  const resume = () => {
    load();
    for (const one of log) {
      while (one.n >= cards.length) make({ article: ofText(one.sha256), words: one.words });
    }
    hold();
    cards.forEach((card, n) => (n >= made && !held[n] ? takeAway(card) : show(card, held[n])));
    arrange();
    progress();
    filter();
  };

  const ofText = (sha256) => articles.find((article) => article.dataset.sha256 === sha256) ?? articles[0];

  for (const card of cards) card.article = card.closest(".article");
  // The same page in another tab: what is decided there holds here, and is not written over.
  addEventListener("storage", resume);
  // On a phone the articles come soon: what need not be seen at once is folded up.
  if (phone.matches) for (const one of document.querySelectorAll("nav details")) one.open = false;
  page.classList.add("with-script");
  resume();
})();

"use strict";
(() => {
  const element = (id) => document.getElementById(id);
  const say = (words) => (element("status").textContent = words);

  // What an article holds is put in as text, never as HTML.
  const show = ({ id, name, count, problems }) => {
    const item = document.createElement("li");
    const link = (href, words) => Object.assign(document.createElement("a"), { href, textContent: words });
    const review = Object.assign(link(`page/${id}`, `${count} quotations of ${name}`), { target: "_blank", rel: "noopener" });
    item.append(review, " · ", link(`records/${id}`, "download records"));
    for (const problem of problems) {
      item.append(Object.assign(document.createElement("p"), { textContent: problem }));
    }
    element("found").prepend(item);
  };

  const read = async (name, body) => {
    say(`Reading ${name} …`);
    try {
      const headers = { "X-Name": encodeURIComponent(name) };
      const answer = await fetch("articles", { method: "POST", headers, body });
      const told = await answer.json();
      if (answer.ok) show(told);
      say(answer.ok ? "" : `${name} ${told.error}`);
    } catch {
      say(`${name} could not be read: is the desk still open?`);
    }
  };

  const readAll = async (files) => {
    for (const file of files) await read(file.name, file);
  };

  const drop = element("drop");
  addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
  addEventListener("dragleave", () => drop.classList.remove("over"));
  addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    const { files } = event.dataTransfer;
    const words = event.dataTransfer.getData("text/plain");
    if (files.length) readAll([...files]);
    else if (words.trim()) read("dropped text", new Blob([words]));
  });
  // Text that is pasted goes into the field, as ever.
  addEventListener("paste", (event) => {
    const { files } = event.clipboardData;
    if (!files.length) return;
    event.preventDefault();
    readAll([...files]);
  });
  element("files").addEventListener("change", (event) => readAll([...event.target.files]));
  element("read").addEventListener("click", () => {
    const text = element("text").value;
    if (text.trim()) read("pasted text", new Blob([text]));
  });
  fetch("articles").then(async (answer) => (await answer.json()).forEach(show));
})();

"use strict";
(() => {
  document.documentElement.classList.add("js");
  const dialog = document.getElementById("opened");
  const shown = document.getElementById("shown");
  const home = document.getElementById("cells");
  const link = document.getElementById("link");
  let back = null; // where in the list of cells the opened one came from
  let from = null; // the link that opened it: following one takes the focus away

  // A fragment names a cell, one of its findings, or the fingerprint of a finding.
  function target() {
    const wanted = location.hash.slice(1);
    if (!wanted) return null;
    return document.getElementById(wanted) || document.querySelector(`.finding[id$="/${CSS.escape(wanted)}"]`);
  }

  function putBack() {
    if (back) back.replaceWith(shown.firstChild);
    back = null;
  }

  function open() {
    const named = target();
    const article = named && named.closest("article");
    if (!article) { if (dialog.open) dialog.close(); return; }
    if (!shown.contains(article)) {
      putBack();
      back = document.createComment("");
      article.replaceWith(back);
      shown.replaceChildren(article);
    }
    link.href = `#${named.id}`;
    if (!dialog.open) dialog.showModal();
    document.querySelectorAll(".here-now").forEach((each) => each.classList.remove("here-now"));
    for (const mark of article.querySelectorAll("pre mark:first-of-type")) { // what a reader looks for is in sight
      const pre = mark.closest("pre");
      pre.scrollTop = mark.offsetTop - pre.clientHeight / 2;
    }
    dialog.scrollTop = 0;
    if (named === article) { article.querySelector("h2").focus({ preventScroll: true }); return; }
    named.classList.add("here-now");
    named.scrollIntoView();
  }

  dialog.addEventListener("close", () => {
    putBack();
    history.replaceState(null, "", location.pathname + location.search);
    if (from) from.focus({ preventScroll: true });
    from = null;
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  document.getElementById("close").addEventListener("click", () => dialog.close());
  window.addEventListener("hashchange", open);
  document.addEventListener("click", (event) => {
    const anchor = event.target.closest("a[href^='#']");
    if (anchor && !dialog.contains(anchor)) from = anchor;
    if (anchor && anchor.getAttribute("href") === location.hash) open(); // the same one again makes no hashchange
  });

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button.copy");
    if (!button) return;
    const code = button.previousElementSibling;
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "copied";
    } catch {
      getSelection().selectAllChildren(code); // no clipboard here: the reader copies what is selected
      button.textContent = "selected";
    }
    setTimeout(() => { button.textContent = "copy"; }, 2000);
  });

  const form = document.querySelector(".filters");
  if (form) {
    const squares = [...document.querySelectorAll(".matrix a.square")];
    const flaws = [...document.querySelectorAll(".flaw")];
    const status = document.getElementById("showing");

    const filter = () => {
      const words = form.text.value.toLowerCase().split(/\s+/).filter(Boolean);
      const states = new Set([...form.querySelectorAll("[name=state]:checked")].map((each) => each.value));
      const fits = (promise, integration, state, text) =>
        (!form.promise.value || form.promise.value === promise) &&
        (!form.integration.value || form.integration.value === integration) &&
        states.has(state) && words.every((word) => text.includes(word));
      let count = 0;
      for (const square of squares) {
        const promise = square.closest(".board").dataset.promise;
        const integration = square.closest("tr").dataset.integration;
        const text = `${promise} ${integration} ${square.title}`.toLowerCase();
        const fit = fits(promise, integration, square.dataset.state, text);
        square.classList.toggle("out", !fit);
        square.tabIndex = fit ? 0 : -1;
        count += fit;
      }
      for (const row of document.querySelectorAll(".matrix tbody tr")) row.hidden = !row.querySelector("a:not(.out)");
      for (const board of document.querySelectorAll(".board")) board.hidden = !board.querySelector("tr:not([hidden]) a");
      for (const flaw of flaws) {
        const { promise, integration, state, text } = flaw.dataset;
        flaw.hidden = !fits(promise, integration, state, text);
      }
      status.textContent = `${count === squares.length ? "" : `${count} of `}${squares.length} cell${squares.length === 1 ? "" : "s"}`;
    };
    form.addEventListener("input", filter);
    form.addEventListener("reset", () => setTimeout(filter));
    form.addEventListener("submit", (event) => event.preventDefault());
  }
  open();
})();

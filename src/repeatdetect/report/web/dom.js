"use strict";

const DATA = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);

/** An element with a class and children. Strings become text nodes: nothing of a filing is ever read as markup. */
function el(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

/** A button that looks like a link. */
function action(words, run, className = "plain") {
  const made = el("button", className, words);
  made.type = "button";
  made.addEventListener("click", run);
  return made;
}

/** Puts `items` into `box` a screenful at a time; gives a function that puts the items up to an index there at once. */
function lazily(box, items, draw, step, drawnMore = () => {}) {
  let drawn = 0;
  const end = el("div", "end");
  const upTo = (count) => {
    if (drawn < count) end.before(...items.slice(drawn, count).map((item, at) => draw(item, drawn + at)));
    drawn = Math.max(drawn, Math.min(count, items.length));
    if (drawn >= items.length) watch.disconnect();
    drawnMore();
  };
  const watch = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && upTo(drawn + step), {
    rootMargin: "600px",
  });
  box.replaceChildren(end);
  upTo(step);
  if (drawn < items.length) watch.observe(end);
  return upTo;
}

const WORDS = DATA.words;
const matterOf = new Map(); // filing id → its matter
for (const matter of DATA.matters) {
  matter.news = matter.filings.filter(isNew).length;
  for (const filing of matter.filings) matterOf.set(filing.id, matter);
}

/** Whether a filing says something that no earlier one of its matter says. */
function isNew(filing) {
  return filing.text.some(([kind]) => kind === 2);
}

/** Address of a matter, or of one of its filings, inside this page. */
function address(matter, number) {
  return number ? `#${matter.id}/${number}` : `#${matter.id}`;
}

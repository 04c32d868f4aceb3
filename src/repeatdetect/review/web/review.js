"use strict";

const byId = (id) => document.getElementById(id);
const csrf = document.querySelector("meta[name=review]").content;
const KEYS = { 1: "same", 2: "different", 3: "later" };
const VERDICT = { agree: ["相符", "＝"], clash: ["不符", "≠"], one: ["", ""] };

let pair = null; // on the table
let busy = false;

/** An element with a class and children. Strings become text nodes: nothing of a filing is ever read as markup. */
function el(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

/** Calls the server, one call at a time; null when it refused, which the page then says. */
async function call(path, body) {
  if (busy) return null;
  busy = true;
  document.body.classList.add("busy");
  byId("error").hidden = true;
  try {
    const post = { method: "POST", headers: { "X-Review": csrf, "Content-Type": "application/json" } };
    const answer = await fetch(path, body === undefined ? {} : { ...post, body: JSON.stringify(body) });
    if (answer.ok) return await answer.json();
    complain(answer.status === 409 ? (await answer.json()).error : "服务拒绝了这次操作，请重新运行 repeatdetect review。");
    return null;
  } catch {
    complain("服务已停止。已判的结论都已保存；请重新运行 repeatdetect review。");
    return null;
  } finally {
    busy = false;
    document.body.classList.remove("busy");
  }
}

function complain(words) {
  byId("error").textContent = words;
  byId("error").hidden = false;
}

async function answer(word) {
  if (!pair || busy) return;
  const said = { left: pair.left.id, right: pair.right.id, word, why: byId("why").value };
  const state = await call("/answer", said);
  if (state) show(state);
  else refresh();
}

async function undo() {
  const state = await call("/undo", {});
  if (state) show(state);
}

async function refresh() {
  const words = byId("error").hidden ? "" : byId("error").textContent;
  const state = await call("/state");
  if (state) show(state);
  if (words) complain(words);
}

async function score() {
  if (!pair) return;
  const found = await call("/score", {});
  if (!found) return;
  const grounds = found.grounds.map(([word, points]) => el("span", points > 0 ? "up" : "down", `${word} ${signed(points)}`));
  byId("last").replaceChildren(el("b", "", `程序估计这一对为同一事项的可能性 ${percent(found.probability)}`), ...grounds);
}

const percent = (chance) => `${Math.round(chance * 100)}%`;
const signed = (points) => `${points > 0 ? "＋" : "－"}${Math.abs(points).toFixed(1)}`;

function show(state) {
  pair = state.pair;
  byId("pair").hidden = byId("answers").hidden = byId("why").hidden = byId("score").hidden = !pair;
  byId("done").hidden = !!pair;
  byId("why").value = "";
  const all = state.answered + state.left;
  const bar = byId("progress");
  bar.setAttribute("aria-valuemax", all);
  bar.setAttribute("aria-valuenow", state.answered);
  bar.firstElementChild.style.width = `${all ? (100 * state.answered) / all : 100}%`;
  byId("count").textContent = `已判 ${state.answered} 对，还剩 ${state.left} 对` + (state.postponed ? `（待定 ${state.postponed}）` : "");
  byId("summary").textContent = `本次判定 ${state.answered} 对。`;
  byId("undo").disabled = !state.last;
  showLast(state.last);
  if (!pair) return;
  byId("heads").replaceChildren(head(pair.left), middle(pair), head(pair.right));
  byId("facts").replaceChildren(...pair.facts.flatMap(fact));
  byId("texts").replaceChildren(...pair.lines.map(line));
  byId("pair").scrollTop = 0;
  byId("pair").focus({ preventScroll: true });
}

function showLast(last) {
  if (!last) return byId("last").replaceChildren();
  const words = [`上一对 ${last.left} 与 ${last.right}：您判为`, el("b", "", last.word)];
  if (last.probability !== null) words.push(`；程序的估计是 ${percent(last.probability)}`);
  if (last.settled > 0) words.push(`；由此推得另外 ${last.settled} 对，不再问`);
  byId("last").replaceChildren(...words);
}

function head(side) {
  return el(
    "article", "head",
    el("p", "meta", el("b", "", side.id), el("span", "", side.date), el("span", "", side.channel), el("span", "", side.who)),
    el("h2", "", side.title || "（无标题）"),
    el("p", "about", el("span", "label", "被反映人"), el("b", "", side.accused || "未填"), el("span", "", side.where)),
    el("p", "matter", el("span", "label", "现属事项"), `${side.matter}（${side.size} 件）`),
  );
}

function middle(shown) {
  const days = shown.apart;
  return el("p", "apart", days === null ? "" : days === 0 ? "同一天" : `相隔 ${days} 天`);
}

/** One kind of facts: left values, what it is and whether the sides agree, right values. */
function fact(row) {
  const [words, sign] = VERDICT[row.verdict];
  const values = (side, more) =>
    el("p", "", ...side.map(([value, both]) => el("span", both ? "both" : "only", value)), more ? el("small", "", `等另 ${more} 项`) : "");
  const kind = el("p", "kind", row.kind, el("i", "", sign));
  if (words) kind.title = words;
  const made = [values(row.left, row.more[0]), kind, values(row.right, row.more[1])];
  for (const cell of made) cell.classList.add(row.verdict);
  return made;
}

function line(row) {
  const side = (pieces) => el("p", "", ...pieces.map(([mark, piece]) => (mark ? el("mark", mark, piece) : piece)));
  return el("div", row.alike ? "line alike" : "line", side(row.left), side(row.right));
}

byId("answers").addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button) answer(button.dataset.word);
});
byId("undo").addEventListener("click", undo);
byId("score").addEventListener("click", score);

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.isComposing) return;
  const writing = event.target === byId("why");
  if (writing && (event.key === "Enter" || event.key === "Escape")) {
    byId("pair").focus({ preventScroll: true });
    event.preventDefault();
  }
  if (writing) return;
  if (KEYS[event.key]) answer(KEYS[event.key]);
  else if (event.key === "z") undo();
  else if (event.key === "s") score();
  else if (event.key === "/") byId("why").focus();
  else return;
  event.preventDefault();
});

refresh();
